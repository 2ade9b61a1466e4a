using System.Security.Cryptography;
using System.Text;
using Alur.Host;
using Alur.Platform;
using Alur.Platform.Data;
using Alur.Platform.Postgres;
using Npgsql;

namespace Alur.Testing;

/// <summary>
/// A database of its own, cloned from a template that was migrated once. The template is named by a hash of all migrations, so that
/// parallel test processes share it and an edited migration makes a new one.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private const string TryLock = "select pg_try_advisory_lock(hashtextextended('alur.test-template', 0))";
    private const string FindDatabase = "select exists (select from pg_database where datname = $1)";

    private static readonly Lazy<Task<string>> Template = new(MakeTemplate);

    private readonly string _name;
    private readonly string _adminConnectionString;

    private TestDatabase(RunningCluster cluster, string name)
    {
        (_name, _adminConnectionString) = (name, cluster.AdminConnectionString);
        OwnerConnectionString = In(cluster.OwnerConnectionString, name);
        AppConnectionString = In(cluster.AppConnectionString, name);
        AdminConnectionString = In(cluster.AdminConnectionString, name);
        Owner = new NpgsqlDataSourceBuilder(OwnerConnectionString).Build();
        App = PlatformModule.RuntimeDataSource(AppConnectionString);
    }

    /// <summary>Every module of the product, as the host knows them.</summary>
    public static IReadOnlyList<ModuleMigrations> Modules => AlurModules.Migrations;

    /// <summary>As the server sees the database: role <c>alur_app</c>, with the runtime's limits.</summary>
    public NpgsqlDataSource App { get; }

    /// <summary>As role <c>alur_owner</c>, for arranging what the server may not do itself.</summary>
    public NpgsqlDataSource Owner { get; }

    public string AppConnectionString { get; }

    public string OwnerConnectionString { get; }

    /// <summary>As the cluster's superuser.</summary>
    public string AdminConnectionString { get; }

    /// <summary>A new database with every module's schema and no rows but the migrations' own.</summary>
    public static async Task<TestDatabase> Create() => await Create($"template {await Template.Value}");

    /// <summary>A new database without any schema, for tests of the migrator.</summary>
    public static Task<TestDatabase> CreateEmpty() => Create("");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Owner.DisposeAsync();
        foreach (var connectionString in new[] { AppConnectionString, OwnerConnectionString })
        {
            await using var pooled = new NpgsqlConnection(connectionString);
            NpgsqlConnection.ClearPool(pooled);
        }

        await using var admin = await Open(_adminConnectionString);
        await LeftPrepared.RollBack(admin, _adminConnectionString, _name);
        await Execute(admin, $"drop database if exists {_name} with (force)");
    }

    private static async Task<TestDatabase> Create(string template)
    {
        var cluster = await TestCluster.Running;
        var name = TestCluster.NewName();
        await using var admin = await Open(cluster.AdminConnectionString);
        await Execute(admin, $"create database {name} owner alur_owner {template}");
        return new TestDatabase(cluster, name);
    }

    private static async Task<string> MakeTemplate()
    {
        var cluster = await TestCluster.Running;
        var name = "template_" + Hash();
        await using var admin = await Open(cluster.AdminConnectionString);
        await Lock(admin);
        await using var find = new NpgsqlCommand(FindDatabase, admin) { Parameters = { new() { Value = name } } };
        if ((bool)(await find.ExecuteScalarAsync())!)
        {
            return name;
        }

        // The final name appears last: a template that exists is complete. Locks end with the (unpooled) connection.
        await Execute(admin, $"drop database if exists {name}_new with (force)");
        await Execute(admin, $"create database {name}_new owner alur_owner");
        await new Migrator(In(cluster.OwnerConnectionString, name + "_new"), AlurModules.Migrations).Up();
        await Execute(admin, $"alter database {name}_new rename to {name}");
        return name;
    }

    private static async Task Lock(NpgsqlConnection admin)
    {
        var deadline = DateTimeOffset.UtcNow.AddMinutes(2);
        await using var take = new NpgsqlCommand(TryLock, admin);
        while (!(bool)(await take.ExecuteScalarAsync())!)
        {
            if (DateTimeOffset.UtcNow > deadline)
            {
                throw new TimeoutException("Another test process has been making the template database for two minutes.");
            }

            await Task.Delay(50);
        }
    }

    private static string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var assembly in AlurModules.Migrations.Select(m => m.Assembly))
        {
            foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                hash.AppendData(Encoding.UTF8.GetBytes(name + reader.ReadToEnd()));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string In(string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    private static async Task<NpgsqlConnection> Open(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
