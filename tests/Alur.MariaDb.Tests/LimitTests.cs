using Alur.Simulators.MariaDb;
using Alur.Testing;

namespace Alur.MariaDb.Tests;

/// <summary>A private server with room for ten connections and packets of a megabyte.</summary>
public sealed class SmallServer : IAsyncLifetime
{
    internal const int Connections = 10;
    internal const int Packet = 1024 * 1024;
    private MariaDbServer? _server;
    private MariaDbDatabase? _database;

    internal MariaDbConnectionOptions Reader => _database!.Reader;

    internal MariaDbConnectionOptions Writer => _database!.Writer;

    internal MariaDbServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        MariaDbServerOptions options = await MariaDbTestServer.Options("mariadb-small");
        await MariaDbServer.Stop(options);
        _server = await MariaDbServer.EnsureRunning(options with
        {
            ExtraArguments = [$"--max-connections={Connections}", $"--max-allowed-packet={Packet}"],
        });
        _database = await _server.CreateDatabase("small");
    }

    public async ValueTask DisposeAsync() => await _server!.Stop();
}

/// <summary>What happens at the limits of the server, of the account and of our own.</summary>
public sealed class LimitTests(SmallServer server) : IClassFixture<SmallServer>
{
    [Fact]
    public async Task A_full_server_is_told_from_one_that_is_away_and_lets_us_in_again_when_there_is_room()
    {
        await using var source = new MariaDbDataSource(server.Reader with { MaxPoolSize = 50 });
        var open = new List<MariaDbConnection>();
        MariaDbException? refused = null;
        while (refused is null && open.Count < 50)
        {
            try
            {
                open.Add(await source.OpenConnectionAsync());
            }
            catch (MariaDbException e)
            {
                refused = e;
            }
        }
        Assert.Equal((MariaDbFailure.TooManyConnections, 1040, true), (refused!.Failure, refused.Number, refused.IsTransient));
        Assert.Equal(SmallServer.Connections, open.Count);

        // What is open stays right while others are refused, and even a cancelled query ends: by its socket, as no second connection is to be had.
        Assert.Equal(1, await open[1].Command("select 1").ExecuteScalarAsync());
        await using MariaDbCommand slow = open[1].Command("select sleep(60)");
        slow.CommandTimeout = 1;
        Assert.Equal(MariaDbFailure.TimedOut, (await Assert.ThrowsAsync<MariaDbException>(() => slow.ExecuteScalarAsync())).Failure);

        foreach (MariaDbConnection connection in open)
            await connection.DisposeAsync();
        Assert.Equal(1L, await source.Number("select 1"));
    }

    [Fact]
    public async Task An_account_at_its_own_limit_is_reported_in_the_same_way()
    {
        await server.Server.RunAsRoot("create or replace user 'single'@'%' identified by 'x' with max_user_connections 1");
        await using var source = new MariaDbDataSource(server.Reader with { User = "single", Password = "x", Database = null });
        await using MariaDbConnection only = await source.OpenConnectionAsync();
        var refused = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync());
        Assert.Equal((MariaDbFailure.TooManyConnections, true), (refused.Failure, refused.IsTransient));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("prepared")]
    [InlineData("value")]
    public async Task A_statement_larger_than_the_server_takes_is_refused_for_good_and_the_connection_goes_on(string what)
    {
        await using var source = new MariaDbDataSource(server.Reader);
        foreach (int size in (int[])[SmallServer.Packet, 20 * SmallServer.Packet])
        {
            await using MariaDbConnection connection = await source.OpenConnectionAsync();
            string large = new('x', size);
            await using MariaDbCommand command = what switch
            {
                "text" => connection.Command($"select length('{large}')"),
                "prepared" => connection.Command($"select length('{large}'), ?", 1),
                _ => connection.Command("select length(?)", large),
            };
            var refused = await Assert.ThrowsAsync<MariaDbException>(() => command.ExecuteScalarAsync());
            Assert.True((refused.Failure, refused.IsTransient) == (MariaDbFailure.TooLarge, false), $"{size} bytes: {refused.Failure} {refused.Number} {refused.Message}");
            Assert.Contains("max_allowed_packet", refused.Message, StringComparison.Ordinal);
            Assert.Equal(1, await connection.Command("select 1").ExecuteScalarAsync());
        }
    }

    [Fact]
    public async Task A_statement_just_as_large_as_the_server_takes_is_answered()
    {
        await using var source = new MariaDbDataSource(server.Reader);
        Assert.Equal(SmallServer.Packet - 100L, await source.Number("select length(?)", new string('x', SmallServer.Packet - 100)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" where 1 = ?")]
    public async Task A_row_larger_than_the_server_takes_itself_arrives_whole(string filter)
    {
        await using var source = new MariaDbDataSource(server.Reader);
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        string columns = string.Join(", ", Enumerable.Repeat("repeat('x', 1000000)", 20));
        await using MariaDbCommand command = connection.Command($"select {columns} from (select 1) t{filter}", filter.Length == 0 ? [] : [1]);
        await using MariaDbDataReader reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.All(Enumerable.Range(0, 20), column => Assert.Equal(1_000_000, reader.GetString(column).Length));
        Assert.False(await reader.ReadAsync());
    }
}
