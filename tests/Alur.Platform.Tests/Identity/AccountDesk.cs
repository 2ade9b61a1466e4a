using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Identity;

/// <summary>Accounts on a database of their own, with a cost of bcrypt that tests can bear.</summary>
public sealed class AccountDesk : IAsyncLifetime
{
    internal const string Password = "kuda benar baterai jepit";

    private static readonly Grant[] Known = [new("front-office", "test", new("Looks.", "Looks.")), new("cashier", "test", new("Takes money.", "Takes money."))];

    private readonly string _folder = Directory.CreateTempSubdirectory("alur-accounts-").FullName;

    private TestDatabase? _database;
    private TriesByName? _tries;

    internal IdentityOptions Options { get; } = new() { PasswordCost = 4, TriesBeforeLock = 5, TriesPerName = 100_000 };

    internal NpgsqlDataSource Database => _database!.App;

    internal SignInGate Gate { get; } = new(TimeSpan.FromSeconds(60));

    internal TriesByName Tries => _tries ??= new TriesByName(Options);

    internal SecondFactorKeys Keys => new(new IdentityOptions { SecondFactorKeyFile = KeyFile });

    internal string KeyFile => Path.Combine(_folder, "second-factor.key");

    internal AddUser Add => new(Database, Known, Options);

    internal ResetUser Reset => new(Database, Options);

    internal DisableUser Disable => new(Database);

    internal EraseUser Erase => new(Database, Options);

    internal ChangeUser Change => new(Database, Known);

    internal UseSetUpLink Use => new(Database, Options, Gate, Tries);

    internal SignIn SignIn => With(Options, Gate);

    internal SignIn With(IdentityOptions options, SignInGate gate) =>
        new(Database, options, new CheckPassword(Database, options, gate, Tries, new KnownDevices(Database), new CountRefusal(Database)), new CountRefusal(Database), Keys);

    internal Sessions Sessions => new(Database);

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create();

    public async ValueTask DisposeAsync()
    {
        Gate.Dispose();
        _tries?.Dispose();
        await _database!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>An account of its own with <see cref="Password"/>.</summary>
    internal async Task<string> Somebody(string role = Policies.Client, params string[] grants)
    {
        var email = $"{Guid.NewGuid():N}@rs-contoh.id";
        var link = (await Add.Run(new NewUser(email, "Siti", Role: role, Grants: grants), AuditOrigin.System, default)).Value;
        Assert.True((await Use.Run(SecretOf(link), Password, email: null, name: null, AuditOrigin.System, default)).Ok);
        return email;
    }

    internal static string SecretOf(SetUpLink link) => link.Path[SetUpLink.Prefix.Length..];

    internal async Task<string?> Try(string email, string password, string? code = null) =>
        (await SignIn.Run(new Credentials(email, password, code), SessionKind.Cookie, AuditOrigin.System, default)).Error?.Code;

    internal async Task<NewSession> Enter(string email, SessionKind kind = SessionKind.Cookie) =>
        (await SignIn.Run(new Credentials(email, Password, Code: null), kind, AuditOrigin.System, default)).Value;

    internal Task<int> Do(string sql, params ReadOnlySpan<(string, object?)> parameters) => _database!.Owner.Statement(sql, parameters).Run(default);

    internal async Task<T> Ask<T>(string sql, params (string, object?)[] parameters) =>
        (await _database!.Owner.Statement(sql, parameters).Rows(r => r.GetFieldValue<T>(0), default)).Single();

    internal async Task<User> Of(string email) => (await new ListUsers(Database).Run(default)).Single(user => user.Email == email);
}
