using System.Data;
using Alur.Simulators.MariaDb;
using Alur.Testing;

namespace Alur.MariaDb.Tests;

/// <summary>A private server of its own, because it is killed.</summary>
public sealed class BrokenReadTests : IAsyncLifetime
{
    private const int Rows = 2_000_000;
    private MariaDbServer? _server;
    private MariaDbDatabase? _database;

    public async ValueTask InitializeAsync()
    {
        _server = await MariaDbServer.EnsureRunning(await MariaDbTestServer.Options("mariadb-killed"));
        _database = await _server.CreateDatabase("doomed");
    }

    public async ValueTask DisposeAsync() => await _server!.Stop();

    [Theory]
    [InlineData(false, "text")]
    [InlineData(false, "prepared")]
    [InlineData(true, "text")]
    [InlineData(true, "prepared")]
    public async Task A_server_killed_in_mid_read_is_an_error_and_never_the_end_of_the_rows(bool synchronous, string protocol)
    {
        await using var source = new MariaDbDataSource(_database!.Reader);
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        const string sql = "select seq, repeat('x', 200) from seq_1_to_2000000";
        await using MariaDbCommand command = protocol == "prepared" ? connection.Command(sql + " where seq > ?", 0) : connection.Command(sql);
        MariaDbDataReader reader = await command.ExecuteReaderAsync();
        int read = 0;
        var broken = await Assert.ThrowsAsync<MariaDbException>(async () =>
        {
            while (synchronous ? reader.Read() : await reader.ReadAsync())
            {
                if (++read == 5000)
                    await _server!.Kill();
            }
        });
        Assert.InRange(read, 5000, Rows - 1);
        Assert.True(broken.IsConnectionLost && broken.IsTransient && !broken.IsTimeout, broken.ToString());
        Assert.Equal(MariaDbFailure.ConnectionLost, broken.Failure);
        Assert.NotEmpty(broken.Message);
        // Asked again, the library would answer "no more rows".
        Assert.Throws<InvalidOperationException>(() => reader.Read());
        Assert.Throws<InvalidOperationException>(() => reader.NextResult());
        Assert.Equal(ConnectionState.Broken, connection.State);
        await reader.DisposeAsync();
        await connection.DisposeAsync();

        var away = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync());
        Assert.Equal((MariaDbFailure.Unreachable, true), (away.Failure, away.IsTransient));
        _server = await MariaDbServer.EnsureRunning(await MariaDbTestServer.Options("mariadb-killed"));
        // Same port, same accounts: the pool recovers by itself.
        Assert.Equal(1L, await source.Number("select 1"));
    }

    [Fact]
    public async Task A_server_killed_while_a_reader_is_closed_early_leaves_the_pool_usable()
    {
        await using var source = new MariaDbDataSource(_database!.Reader);
        await using (MariaDbConnection connection = await source.OpenConnectionAsync())
        {
            await using MariaDbDataReader reader = await connection.Command("select seq, repeat('x', 200) from seq_1_to_2000000").ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            await _server!.Kill();
        }
        _server = await MariaDbServer.EnsureRunning(await MariaDbTestServer.Options("mariadb-killed"));
        Assert.Equal(1L, await source.Number("select 1"));
    }
}
