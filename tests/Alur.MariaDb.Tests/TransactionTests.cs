using System.Data;

namespace Alur.MariaDb.Tests;

public sealed class TransactionTests(ServerFixture server) : IClassFixture<ServerFixture>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() =>
        await server.Database.Execute("create or replace table visits (id int primary key) engine = innodb; insert into visits values (1), (2)");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_snapshot_sees_one_moment_over_all_its_queries_while_others_write()
    {
        await using MariaDbConnection connection = await server.Reader.OpenConnectionAsync();
        await using (MariaDbTransaction snapshot = await connection.BeginTransactionAsync(IsolationLevel.Snapshot))
        {
            // Written before the snapshot's first query, and still not seen by it.
            await server.Writer.Run("insert into visits values (3)");
            Assert.Equal(2L, await Count(connection));
            await server.Writer.Run("delete from visits where id = 1");
            Assert.Equal(2L, await Count(connection));
            await snapshot.CommitAsync();
        }
        Assert.Equal(2L, await Count(connection));
        Assert.Equal(3, await connection.Command("select max(id) from visits").ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_snapshot_cannot_write()
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await using MariaDbTransaction snapshot = await connection.BeginTransactionAsync(IsolationLevel.Snapshot);
        Assert.Equal(1792, (await Assert.ThrowsAsync<MariaDbException>(() => connection.Command("insert into visits values (9)").ExecuteNonQueryAsync())).Number);
    }

    [Fact]
    public async Task A_transaction_that_is_not_committed_never_happened()
    {
        await using (MariaDbConnection connection = await server.Writer.OpenConnectionAsync())
        {
            await using (MariaDbTransaction transaction = await connection.BeginTransactionAsync())
                await connection.Command("insert into visits values (7)").ExecuteNonQueryAsync();
            Assert.Equal(2L, await Count(connection));
            // Given back to the pool in mid-transaction, without even disposing it.
            _ = await connection.BeginTransactionAsync(IsolationLevel.Serializable);
            await connection.Command("insert into visits values (8)").ExecuteNonQueryAsync();
        }
        Assert.Equal(2L, await server.Reader.Number("select count(*) from visits"));
    }

    [Fact]
    public async Task A_committed_transaction_stays_and_is_over()
    {
        await using MariaDbConnection connection = await server.Writer.OpenConnectionAsync();
        await using MariaDbTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.BeginTransactionAsync());
        await connection.Command("insert into visits values (5)").ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        Assert.Equal(3L, await server.Reader.Number("select count(*) from visits"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.RollbackAsync());
    }

    [Fact]
    public async Task A_deadlock_is_reported_as_transient()
    {
        await using MariaDbConnection one = await server.Writer.OpenConnectionAsync();
        await using MariaDbConnection two = await server.Writer.OpenConnectionAsync();
        await using MariaDbTransaction first = await one.BeginTransactionAsync();
        await using MariaDbTransaction second = await two.BeginTransactionAsync();
        await one.Command("select * from visits where id = 1 for update").ExecuteNonQueryAsync();
        await two.Command("select * from visits where id = 2 for update").ExecuteNonQueryAsync();
        Task[] crossing =
        [
            one.Command("select * from visits where id = 2 for update").ExecuteNonQueryAsync(),
            two.Command("select * from visits where id = 1 for update").ExecuteNonQueryAsync(),
        ];
        var refused = await Assert.ThrowsAsync<MariaDbException>(() => Task.WhenAll(crossing));
        Assert.Equal((1213, true), (refused.Number, refused.IsTransient));
    }

    private static async Task<long> Count(MariaDbConnection connection) =>
        Convert.ToInt64(await connection.Command("select count(*) from visits").ExecuteScalarAsync());
}
