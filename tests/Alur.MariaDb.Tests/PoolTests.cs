namespace Alur.MariaDb.Tests;

public sealed class PoolTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_returned_connection_is_used_again_and_carries_nothing_over()
    {
        await using var source = new MariaDbDataSource(server.Database.WriterOptions with { MaxPoolSize = 1 });
        long first;
        await using (MariaDbConnection connection = await source.OpenConnectionAsync())
        {
            first = connection.ServerThreadId;
            await connection.Command("set @leftover = 1, session sql_mode = 'ANSI'").ExecuteNonQueryAsync();
            await connection.Command("create temporary table leftover (v int)").ExecuteNonQueryAsync();
            await connection.Command("start transaction").ExecuteNonQueryAsync();
        }
        await using MariaDbConnection again = await source.OpenConnectionAsync();
        Assert.Equal(first, again.ServerThreadId);
        Assert.Equal(DBNull.Value, await again.Command("select @leftover").ExecuteScalarAsync());
        Assert.DoesNotContain("ANSI", (string)(await again.Command("select @@sql_mode").ExecuteScalarAsync())!, StringComparison.Ordinal);
        Assert.Equal(0L, Convert.ToInt64(await again.Command("select @@in_transaction").ExecuteScalarAsync()));
        Assert.Equal("utf8mb4", await again.Command("select @@character_set_client").ExecuteScalarAsync());
        Assert.Equal("🏥", await again.Command("select ?", "🏥").ExecuteScalarAsync());
        Assert.Equal(1146, (await Assert.ThrowsAsync<MariaDbException>(() => again.Command("select * from leftover").ExecuteScalarAsync())).Number);
    }

    [Fact]
    public async Task The_pool_never_opens_more_than_its_size_and_says_when_it_is_exhausted()
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { MaxPoolSize = 2, PoolTimeout = TimeSpan.FromMilliseconds(200) });
        await using MariaDbConnection one = await source.OpenConnectionAsync();
        await using (MariaDbConnection two = await source.OpenConnectionAsync())
        {
            var exhausted = await Assert.ThrowsAsync<MariaDbException>(async () => await source.OpenConnectionAsync());
            Assert.Contains("2 connections", exhausted.Message, StringComparison.Ordinal);
            Assert.Equal((MariaDbFailure.TooManyConnections, true), (exhausted.Failure, exhausted.IsTransient));
        }
        await using MariaDbConnection three = await source.OpenConnectionAsync();
        Assert.Equal(1, await three.Command("select 1").ExecuteScalarAsync());
    }

    [Fact]
    public async Task Connections_that_nobody_uses_for_long_are_closed_by_themselves()
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { IdleLifetime = TimeSpan.FromMilliseconds(300) });
        long[] ids = await OpenAtOnce(source, 3);
        await Eventually.True(async () => await Alive(ids) == 0);
        Assert.DoesNotContain(await OnlyId(source), ids);
    }

    [Fact]
    public async Task Clearing_the_pool_closes_idle_connections_now_and_borrowed_ones_when_they_come_back()
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions);
        MariaDbConnection borrowed = await source.OpenConnectionAsync();
        long[] idle = await OpenAtOnce(source, 2), all = [.. idle, borrowed.ServerThreadId];
        source.Clear();
        await Eventually.True(async () => await Alive(idle) == 0);
        Assert.Equal(1, await borrowed.Command("select 1").ExecuteScalarAsync());
        await borrowed.DisposeAsync();
        Assert.DoesNotContain(await OnlyId(source), all);
        await Eventually.True(async () => await Alive(all) == 0);
    }

    [Fact]
    public async Task A_broken_connection_is_thrown_away_and_its_place_is_free()
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { MaxPoolSize = 1, PoolTimeout = TimeSpan.FromSeconds(5) });
        long killed;
        await using (MariaDbConnection connection = await source.OpenConnectionAsync())
        {
            killed = connection.ServerThreadId;
            await server.Database.Server.RunAsRoot($"kill {killed}");
            Assert.Equal(MariaDbFailure.ConnectionLost, (await Assert.ThrowsAsync<MariaDbException>(() => connection.Command("select 1").ExecuteScalarAsync())).Failure);
            await Assert.ThrowsAsync<MariaDbException>(() => connection.Command("select 1").ExecuteScalarAsync());
        }
        Assert.NotEqual(killed, await OnlyId(source));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3600)]
    public async Task A_connection_that_died_while_idle_is_replaced_unseen(int pingAfterSeconds)
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { MaxPoolSize = 1, PingAfter = TimeSpan.FromSeconds(pingAfterSeconds) });
        long killed;
        await using (MariaDbConnection connection = await source.OpenConnectionAsync())
            killed = connection.ServerThreadId;
        await server.Database.Server.RunAsRoot($"kill {killed}");
        await using MariaDbConnection next = await source.OpenConnectionAsync();
        Assert.NotEqual(killed, next.ServerThreadId);
        Assert.Equal(1, await next.Command("select 1").ExecuteScalarAsync());
    }

    [Fact]
    public async Task Many_callers_share_few_connections_without_mixing_their_answers()
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { MaxPoolSize = 4 });
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            await using MariaDbConnection connection = await source.OpenConnectionAsync(CancellationToken.None);
            await using MariaDbDataReader reader = await connection.Command("select ?, repeat(?, 300) from seq_1_to_50", number, number % 10).ExecuteReaderAsync(CancellationToken.None);
            int rows = 0;
            while (await reader.ReadAsync(CancellationToken.None))
            {
                Assert.Equal(number, reader.GetInt32(0));
                Assert.Equal(new string((char)('0' + (number % 10)), 300), reader.GetString(1));
                rows++;
            }
            Assert.Equal(50, rows);
        });
    }

    [Fact]
    public void Synchronous_callers_from_many_threads_are_served_too()
    {
        using var source = new MariaDbDataSource(server.Database.ReaderOptions with { MaxPoolSize = 3 });
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 12 }, number =>
        {
            using MariaDbConnection connection = source.OpenConnection();
            using MariaDbCommand command = connection.Command("select ?", number);
            Assert.Equal((long)number, Convert.ToInt64(command.ExecuteScalar()));
        });
    }

    [Fact]
    public async Task Two_callers_inside_one_connection_are_refused_instead_of_corrupting_it()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        using var cancel = new CancellationTokenSource();
        Task slow = connection.Command("select sleep(64)").ExecuteScalarAsync(cancel.Token);
        Assert.True(SpinWait.SpinUntil(() => connection.Session.IsBusy, TimeSpan.FromSeconds(10)));
        Assert.Throws<InvalidOperationException>(() => connection.Command("select 2").ExecuteScalar());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Closing_a_connection_ends_a_call_that_was_abandoned_in_it(bool synchronous)
    {
        await using var source = new MariaDbDataSource(server.Database.ReaderOptions with { MaxPoolSize = 1, PoolTimeout = TimeSpan.FromSeconds(10) });
        MariaDbConnection connection = await source.OpenConnectionAsync();
        Task abandoned = connection.Command("select sleep(65)").ExecuteScalarAsync();
        Assert.True(SpinWait.SpinUntil(() => connection.Session.IsBusy, TimeSpan.FromSeconds(10)));
        if (synchronous)
            connection.Dispose();
        else
            await connection.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True((await Assert.ThrowsAsync<MariaDbException>(() => abandoned.WaitAsync(TimeSpan.FromSeconds(10)))).IsConnectionLost);
        Assert.Equal(1L, await source.Number("select 1"));
    }

    [Fact]
    public async Task A_closed_data_source_gives_nothing_out_and_leaves_no_connection_on_the_server()
    {
        var source = new MariaDbDataSource(server.Database.ReaderOptions);
        MariaDbConnection borrowed = await source.OpenConnectionAsync();
        long id = borrowed.ServerThreadId;
        await source.DisposeAsync();
        await borrowed.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await source.OpenConnectionAsync());
        await Eventually.True(async () => await server.Reader.Number("select count(*) from information_schema.processlist where id = ?", id) == 0);
    }

    private static async Task<long[]> OpenAtOnce(MariaDbDataSource source, int connections)
    {
        MariaDbConnection[] open = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => source.OpenConnectionAsync().AsTask()));
        long[] ids = [.. open.Select(connection => connection.ServerThreadId)];
        foreach (MariaDbConnection connection in open)
            await connection.DisposeAsync();
        return ids;
    }

    private static async Task<long> OnlyId(MariaDbDataSource source)
    {
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        return connection.ServerThreadId;
    }

    private Task<long> Alive(long[] ids) =>
        server.Reader.Number($"select count(*) from information_schema.processlist where id in ({string.Join(", ", ids)})");
}
