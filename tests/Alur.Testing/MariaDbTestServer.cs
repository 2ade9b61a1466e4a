using System.Globalization;
using Alur.MariaDb;
using Alur.Platform.Postgres;
using Alur.Simulators.MariaDb;

namespace Alur.Testing;

/// <summary>The one private MariaDB of this checkout's tests, shared by every test process and left running: <c>./alur test</c> stops it
/// at its end, and one left over is adopted.</summary>
public static class MariaDbTestServer
{
    private const string FindTestDatabases = """select schema_name from information_schema.schemata where schema_name like 'test\_%'""";
    private static readonly Lazy<Task<MariaDbServer>> Shared = new(Start);

    /// <summary>The running server.</summary>
    public static Task<MariaDbServer> Running => Shared.Value;

    /// <summary>How it is run; <c>./alur test</c> uses the same to stop it.</summary>
    public static async Task<MariaDbServerOptions> Options(string name = "mariadb") =>
        new(Path.Combine((await ClusterPlace.Prepare(TestCluster.Options, CancellationToken.None)).Directory, name));

    /// <summary>A database of its own; dropped when disposed.</summary>
    /// <param name="characterSet">Its default; Khanza's is latin1.</param>
    public static async Task<MariaDbTestDatabase> CreateDatabase(string characterSet = "latin1")
    {
        MariaDbServer server = await Running;
        return new MariaDbTestDatabase(server, await server.CreateDatabase(TestCluster.NewName(), characterSet));
    }

    private static async Task<MariaDbServer> Start()
    {
        MariaDbServer server = await MariaDbServer.EnsureRunning(await Options());
        await DropAbandoned(server);
        return server;
    }

    // Databases of test processes that were killed before they could drop them.
    private static async Task DropAbandoned(MariaDbServer server)
    {
        List<string> names = [];
        await using (var source = new MariaDbDataSource(server.Root))
        {
            await using var find = source.CreateCommand(FindTestDatabases);
            await using var reader = await find.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                names.Add(reader.GetString(0));
        }
        foreach (string name in names.Where(name => !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{name.Split('_')[1]}"))))
            await server.DropDatabase(name);
    }
}
