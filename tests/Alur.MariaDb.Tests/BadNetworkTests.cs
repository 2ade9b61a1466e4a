using System.Data;
using System.Diagnostics;

namespace Alur.MariaDb.Tests;

/// <summary>A network that cuts and swallows, anywhere.</summary>
public sealed class BadNetworkTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int Rows = 20;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(12);

    // Prime, so that in the end every kind of place is hit: inside a header, inside a value, between two packets.
    private const int Step = 7;

    [Theory]
    [InlineData("text", false)]
    [InlineData("text", true)]
    [InlineData("prepared", false)]
    [InlineData("prepared", true)]
    public async Task An_answer_cut_off_at_any_byte_is_an_error_and_never_a_shorter_answer(string protocol, bool hard)
    {
        long whole;
        await using (var relay = new Relay(server.Reader.Options.Port))
        {
            whole = Read(relay, protocol);
        }
        Assert.InRange(whole, 1000, 5000);
        for (long cut = hard ? 3 : 0; cut < whole; cut += Step)
        {
            await using var relay = new Relay(server.Reader.Options.Port) { CutAfter = cut, CutHard = hard };
            var broken = Assert.Throws<MariaDbException>(() => Read(relay, protocol));
            Assert.True(broken.Failure is MariaDbFailure.Unreachable or MariaDbFailure.ConnectionLost, $"Cut after {cut} of {whole} bytes: {broken}");
            Assert.True(broken.IsTransient);
        }
    }

    [Theory]
    [InlineData("text")]
    [InlineData("prepared")]
    public async Task A_network_that_swallows_everything_in_mid_read_ends_as_a_time_out(string protocol)
    {
        await using var relay = new Relay(server.Reader.Options.Port) { SwallowAfter = 3_000_000 };
        await using var source = Through(relay);
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        await using MariaDbCommand command = Command(connection, protocol, 1_000_000);
        command.CommandTimeout = 1;
        var waited = Stopwatch.StartNew();
        var broken = await Assert.ThrowsAsync<MariaDbException>(() => Count(command));
        Assert.Equal(MariaDbFailure.TimedOut, broken.Failure);
        Assert.InRange(waited.Elapsed, TimeSpan.Zero, Bound);
        Assert.Equal(ConnectionState.Broken, connection.State);
        await connection.DisposeAsync().AsTask().WaitAsync(Bound);
    }

    [Fact]
    public async Task Cancelling_on_a_network_that_swallows_everything_ends_as_cancelled()
    {
        await using var relay = new Relay(server.Reader.Options.Port) { SwallowAfter = 3_000_000 };
        await using var source = Through(relay);
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        await using MariaDbCommand command = Command(connection, "prepared", 1_000_000);
        using var cancel = new CancellationTokenSource();
        Task<int> counting = Count(command, cancel.Token);
        await relay.Swallowing.WaitAsync(Bound);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => counting.WaitAsync(Bound));
        Assert.Equal(ConnectionState.Broken, connection.State);
    }

    private MariaDbDataSource Through(Relay relay) => new(server.Reader.Options with { Port = relay.Port, ConnectTimeout = TimeSpan.FromSeconds(2) });

    /// <summary>Reads everything; the bytes that had arrived when the reader said so.</summary>
    private long Read(Relay relay, string protocol)
    {
        using var source = Through(relay);
        using MariaDbConnection connection = source.OpenConnection();
        using MariaDbCommand command = Command(connection, protocol, Rows);
        using MariaDbDataReader reader = command.ExecuteReader();
        int rows = 0;
        while (reader.Read())
            Assert.Equal($"patient {++rows}", reader.GetString(1));
        Assert.Equal(Rows, rows);
        return relay.Passed;
    }

    private static async Task<int> Count(MariaDbCommand command, CancellationToken cancellation = default)
    {
        await using MariaDbDataReader reader = await command.ExecuteReaderAsync(cancellation);
        int rows = 0;
        while (await reader.ReadAsync(cancellation))
            rows++;
        return rows;
    }

    private static MariaDbCommand Command(MariaDbConnection connection, string protocol, int rows)
    {
        string sql = $"select seq, concat('patient ', seq), repeat('x', 30) from seq_1_to_{rows}";
        return protocol == "prepared" ? connection.Command(sql + " where seq > ?", 0) : connection.Command(sql);
    }
}
