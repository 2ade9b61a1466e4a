using System.Data;
using System.Diagnostics;

namespace Alur.MariaDb.Tests;

/// <summary>Time-outs and cancellation end the query on the server too, within bounds, and the pool stays usable.</summary>
public sealed class InterruptionTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Slow = "select sleep(60)";
    private const string SlowRows = "select seq, sleep(0.01) from seq_1_to_1000000";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(Slow)]
    [InlineData(SlowRows)]
    [InlineData("select sleep(60) where 1 = ?")]
    public async Task A_command_that_runs_too_long_is_stopped_on_the_server(string sql)
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbCommand command = sql.Contains('?', StringComparison.Ordinal) ? connection.Command(sql, 1) : connection.Command(sql);
        command.CommandTimeout = 1;
        var waited = Stopwatch.StartNew();
        var stopped = await Assert.ThrowsAsync<MariaDbException>(async () =>
        {
            await using MariaDbDataReader reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                Assert.True(waited.Elapsed < Bound);
        });
        Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(0.9), Bound);
        Assert.True(stopped.IsTimeout && stopped.IsTransient, stopped.ToString());
        Assert.IsType<TimeoutException>(stopped.InnerException);
        Assert.Contains("1 s", stopped.Message, StringComparison.Ordinal);
        await NothingRunsOnTheServer(sql);
        Assert.Equal(1L, await server.Reader.Number("select 1"));
    }

    [Fact]
    public async Task After_a_killed_query_the_same_connection_goes_on()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        long before = connection.ServerThreadId;
        await using MariaDbCommand command = connection.Command("select count(*) from seq_1_to_1000000 a, seq_1_to_1000000 b where a.seq <> b.seq");
        command.CommandTimeout = 1;
        Assert.Equal(1317, (await Assert.ThrowsAsync<MariaDbException>(() => command.ExecuteScalarAsync())).Number);
        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.Equal(before, Convert.ToInt64(await connection.Command("select connection_id()").ExecuteScalarAsync()));
    }

    [Fact]
    public async Task A_made_up_answer_to_a_kill_is_not_taken_for_the_truth()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbCommand command = connection.Command("select benchmark(2000000000, md5('x'))");
        command.CommandTimeout = 1;
        Assert.True((await Assert.ThrowsAsync<MariaDbException>(() => command.ExecuteScalarAsync())).IsTimeout);
        Assert.Equal(ConnectionState.Broken, connection.State);
    }

    [Fact]
    public async Task A_cancelled_query_ends_as_cancelled_and_stops_on_the_server()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        using var cancel = new CancellationTokenSource();
        await using MariaDbCommand command = connection.Command("select sleep(61)");
        Task running = command.ExecuteScalarAsync(cancel.Token);
        await RunsOnTheServer("select sleep(61)");
        await cancel.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Bound));
        Assert.Equal(cancel.Token, cancelled.CancellationToken);
        await NothingRunsOnTheServer("select sleep(61)");
    }

    [Fact]
    public async Task Cancelling_between_two_blocks_of_rows_ends_the_read()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        using var cancel = new CancellationTokenSource();
        await using MariaDbDataReader reader = await connection.Command("select seq, repeat('x', 100) from seq_1_to_10000000").ExecuteReaderAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            for (int rows = 0; await reader.ReadAsync(cancel.Token); rows++)
            {
                if (rows == 1000)
                    await cancel.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task A_token_cancelled_before_starts_nothing()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Command("select 1").ExecuteScalarAsync(new CancellationToken(canceled: true)));
        Assert.Equal(1, await connection.Command("select 1").ExecuteScalarAsync());
    }

    [Fact]
    public async Task Cancel_stops_a_command_that_runs_on_another_thread()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using MariaDbCommand command = connection.Command("select sleep(62)");
        Task running = command.ExecuteScalarAsync();
        await RunsOnTheServer("select sleep(62)");
        command.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Bound));
    }

    [Fact]
    public async Task Cancelling_what_has_ended_does_no_harm()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        for (int i = 0; i < 50; i++)
        {
            using var cancel = new CancellationTokenSource();
            await using MariaDbCommand command = connection.Command("select ?", i);
            await using (MariaDbDataReader reader = await command.ExecuteReaderAsync(cancel.Token))
            {
                Assert.True(await reader.ReadAsync(cancel.Token));
                Assert.False(await reader.ReadAsync(cancel.Token));
                // Between the last row and the closing of the reader, and after both.
                command.Cancel();
                await cancel.CancelAsync();
            }
            command.Cancel();
            Assert.Equal(i, Convert.ToInt32(await connection.Command("select ?", i).ExecuteScalarAsync()));
        }
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Fact]
    public async Task Cancelled_reads_never_hit_those_who_share_the_pool_and_every_answer_is_whole()
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { MaxPoolSize = 4 });
        int[] cancelled = await Task.WhenAll(Enumerable.Range(0, 8).Select(lane => Task.Run(async () =>
        {
            var random = new Random(lane);
            int count = 0;
            for (int round = 0; round < 20; round++)
            {
                // Every other lane changes its mind, somewhere between the sending of the query and the last row.
                TimeSpan? patience = lane % 2 == 0 ? TimeSpan.FromMilliseconds(random.Next(20)) : null;
                count += await ReadsWholeOrIsCancelled(source, (lane * 1000) + round, patience) ? 0 : 1;
            }
            Assert.True(lane % 2 == 0 || count == 0);
            return count;
        })));
        Assert.InRange(cancelled.Sum(), 1, 80);
        Assert.Equal(1L, await source.Number("select 1"));
    }

    [Fact]
    public async Task When_no_second_connection_can_be_had_the_socket_is_shut_down()
    {
        string sql = "select sleep(63)";
        MariaDbDataSource root = new(server.Database.Server.Root);
        await using var ownRoot = root;
        string user = $"{server.Database.Name[^8..]}_one";
        await root.Run($"create or replace user '{user}'@'%' identified by 'x' with max_user_connections 1");
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { User = user, Password = "x", Database = null });
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        await using MariaDbCommand command = connection.Command(sql);
        command.CommandTimeout = 1;
        var stopped = await Assert.ThrowsAsync<MariaDbException>(() => command.ExecuteScalarAsync().WaitAsync(Bound));
        Assert.True(stopped.IsTimeout && stopped.IsConnectionLost, stopped.ToString());
        Assert.Equal(ConnectionState.Broken, connection.State);
        await root.Run($"drop user '{user}'@'%'");
    }

    [Fact]
    public async Task A_result_too_long_to_discard_does_not_hold_up_its_closing()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        MariaDbDataReader reader = await connection.Command("select a.seq, repeat('x', 200) from seq_1_to_1000000 a, seq_1_to_1000 b").ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        await reader.DisposeAsync().AsTask().WaitAsync(Bound);
        await connection.DisposeAsync().AsTask().WaitAsync(Bound);
        Assert.Equal(1L, await server.Reader.Number("select 1"));
    }

    /// <summary>The server has to sort before it sends the first row: there is something to cancel.</summary>
    private static async Task<bool> ReadsWholeOrIsCancelled(MariaDbDataSource source, int mark, TimeSpan? patience)
    {
        const string sorted = "order by md5(seq)";
        using var cancel = new CancellationTokenSource();
        try
        {
            await using MariaDbConnection connection = await source.OpenConnectionAsync(CancellationToken.None);
            await using MariaDbCommand command = mark % 2 == 0
                ? connection.Command($"select {mark}, seq from seq_1_to_3000 {sorted}")
                : connection.Command($"select ?, seq from seq_1_to_3000 {sorted}", mark);
            if (patience is { } time)
                cancel.CancelAfter(time);
            await using MariaDbDataReader reader = await command.ExecuteReaderAsync(cancel.Token);
            var seen = new HashSet<int>();
            while (await reader.ReadAsync(cancel.Token))
                Assert.True(reader.GetInt32(0) == mark && seen.Add(reader.GetInt32(1)));
            Assert.Equal(3000, seen.Count);
            return true;
        }
        catch (OperationCanceledException) when (patience is not null)
        {
            return false;
        }
    }

    private Task RunsOnTheServer(string sql) => Until(sql, running: true);

    private Task NothingRunsOnTheServer(string sql) => Until(sql, running: false);

    // The reader account sees its own threads only, which is exactly what is asked about.
    private async Task Until(string sql, bool running)
    {
        var waited = Stopwatch.StartNew();
        while (await server.Reader.Number("select count(*) from information_schema.processlist where info like ? and id <> connection_id()", sql.Replace("?", "%", StringComparison.Ordinal) + "%") > 0 != running)
        {
            Assert.True(waited.Elapsed < Bound, $"Waited {waited.Elapsed} for: {sql}");
            await Task.Delay(20);
        }
    }
}
