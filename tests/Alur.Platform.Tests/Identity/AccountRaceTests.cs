using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Identity;

/// <summary>What happens to one account at the same moment, from several nodes.</summary>
public sealed class AccountRaceTests(AccountDesk desk) : IClassFixture<AccountDesk>
{
    private const string ChangeSql = "update identity.users set password = @hash where email = @email";
    private const string WaitsSql = "select exists (select from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database())";
    private const string OpenSql = "update identity.sign_ins s set tries = 0, locked_until = null, disabled_at = null from identity.users u where u.id = s.user_id and u.email = @email";

    [Fact]
    public async Task A_sign_in_that_began_with_the_old_password_is_refused_once_another_is_chosen()
    {
        var email = await desk.Somebody();
        await using var connection = await desk.Database.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await tx.Statement(ChangeSql, ("email", email), ("hash", Bcrypt.Hash("gerimis di kaca jendela", 4))).Run(default);

        var entering = desk.Try(email, AccountDesk.Password); // its password is still right when it is looked at
        await Eventually.True(() => desk.Ask<bool>(WaitsSql));
        await tx.CommitAsync();

        Assert.Equal("SIGN_IN_REFUSED", await entering);
    }

    [Fact]
    public async Task Whatever_is_done_to_accounts_at_the_same_moment_nobody_waits_for_ever()
    {
        string[] emails = [await desk.Somebody(Policies.Admin), await desk.Somebody(Policies.Admin), await desk.Somebody()];
        var dearer = desk.With(new IdentityOptions { PasswordCost = 5 }, desk.Gate); // makes every hash anew
        var acts = new List<Func<string, Task>>
        {
            email => desk.Try(email, AccountDesk.Password),
            email => dearer.Run(new Credentials(email, AccountDesk.Password, Code: null), SessionKind.Token, AuditOrigin.System, default),
            email => desk.Disable.Run(email, AuditOrigin.System, default),
            email => desk.Change.Role(email, Policies.Admin, AuditOrigin.System, default),
            email => desk.Change.Grants(email, ["front-office", "cashier"], AuditOrigin.System, default),
            email => desk.Change.Grants(email, ["cashier", "front-office"], AuditOrigin.System, default),
            email => Refreshed(email),
            email => Relinked(email),
            email => desk.Do(OpenSql, ("email", email)),
        };

        var done = await Task.WhenAll(Enumerable.Range(0, 12 * acts.Count * emails.Length).Select(n => Task.Run(() => Caught(acts[n % acts.Count], emails[n / acts.Count % emails.Length]))));

        var where = done.OfType<PostgresException>().CountBy(e => $"{e.SqlState} {e.MessageText}: {e.StackTrace!.Split('\n').First(line => line.Contains("Alur.", StringComparison.Ordinal) && !line.Contains("Statement", StringComparison.Ordinal)).Trim()}").Select(at => $"{at.Value} × {at.Key}");
        Assert.True(!where.Any(), string.Join('\n', where));
    }

    private async Task Relinked(string email)
    {
        var link = await desk.Reset.Run(email, withSecondFactor: false, AuditOrigin.System, default);
        await desk.Use.Run(AccountDesk.SecretOf(link.Value), AccountDesk.Password, email: null, name: null, AuditOrigin.System, default);
    }

    private async Task Refreshed(string email)
    {
        var entered = await desk.SignIn.Run(new Credentials(email, AccountDesk.Password, Code: null), SessionKind.Token, AuditOrigin.System, default);
        if (!entered.Ok) return;
        var refresh = new RefreshSession(desk.Database);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => refresh.Run(entered.Value.Secret, AuditOrigin.System, default)));
    }

    private static async Task<Exception?> Caught(Func<string, Task> act, string email)
    {
        try
        {
            await act(email);
            return null;
        }
        catch (PostgresException e)
        {
            return e;
        }
    }
}
