using System.Diagnostics;
using Alur.Platform.Data;
using Alur.Platform.Journal;
using Alur.Platform.Postgres;
using Npgsql;

namespace Alur.Platform.Tests.Journal;

/// <summary>A cluster of its own, because it is restarted.</summary>
public sealed class TailRestartTests : IAsyncLifetime
{
    private const UnixFileMode Reachable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;
    private const string Name = "select virtualtransaction from pg_locks where relation = 'journal.entries'::regclass and mode = 'RowExclusiveLock' and pid is null";

    private readonly string _parent = Directory.CreateTempSubdirectory("alur-tail-").FullName;
    private readonly EventTypes _types = new([new ModuleEventTypes("clinic", [new EventType("QUEUE_JOINED", 1, "{}")])]);
    private ClusterOptions _options = new("", "");

    public ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_parent, Reachable);
        _options = new ClusterOptions(_parent, "main") { Durable = false, MaxPreparedTransactions = 5 };
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await PrivateCluster.Stop(_options, CancellationToken.None);
        Directory.Delete(_parent, recursive: true);
    }

    [Fact]
    public async Task A_prepared_transaction_that_was_noted_is_waited_for_under_the_name_that_it_has_after_a_restart()
    {
        var horizon = new TailHorizon();
        var cluster = await PrivateCluster.EnsureRunning(_options, CancellationToken.None);
        await new Migrator(cluster.OwnerConnectionString, [PlatformModule.Migrations]).Up();
        var (early, late) = await Write(cluster.AppConnectionString, horizon);
        await PrivateCluster.Stop(_options, CancellationToken.None);
        cluster = await PrivateCluster.EnsureRunning(_options, CancellationToken.None);
        await using var db = NpgsqlDataSource.Create(cluster.AppConnectionString);
        await using var connection = await db.OpenConnectionAsync();
        await using var name = new NpgsqlCommand(Name, connection);

        Assert.StartsWith("-1/", (string)(await name.ExecuteScalarAsync())!, StringComparison.Ordinal);
        for (var i = 0; i < 3; i++) Assert.Empty((await Look(db, connection, horizon)).Entries);
        await using var commit = new NpgsqlCommand("commit prepared 'slow'", connection);
        await commit.ExecuteNonQueryAsync();

        Assert.Equal([early, late], (await Look(db, connection, horizon)).Entries.Select(e => e.Position));
    }

    [Fact]
    public async Task After_a_crash_a_reader_waits_anew_for_those_who_hold_places_that_are_given_out_again()
    {
        var horizon = new TailHorizon();
        var cluster = await PrivateCluster.EnsureRunning(_options, CancellationToken.None);
        await new Migrator(cluster.OwnerConnectionString, [PlatformModule.Migrations]).Up();
        await using (var before = NpgsqlDataSource.Create(cluster.AppConnectionString))
        {
            await using var session = await before.OpenConnectionAsync();
            await using (var aborted = await session.BeginTransactionAsync())
                for (var i = 0; i < 5; i++) await Append(aborted);
            await Look(before, session, horizon);
            Assert.Equal(5, (await Look(before, session, horizon)).ReadTo);
        }

        cluster = await Crash(cluster);
        await using var db = NpgsqlDataSource.Create(cluster.AppConnectionString);
        await using var slow = await db.OpenConnectionAsync();
        await using var connection = await db.OpenConnectionAsync();
        await using var holds = await slow.BeginTransactionAsync();
        var early = await Append(holds);
        await using (var tx = await connection.BeginTransactionAsync())
        {
            await Append(tx);
            await tx.CommitAsync();
        }

        for (var i = 0; i < 3; i++) Assert.Empty((await Look(db, connection, horizon)).Entries);
        await holds.CommitAsync();
        Assert.Equal([early, early + 1], (await Look(db, connection, horizon)).Entries.Select(e => e.Position));
    }

    /// <summary>A session is killed, which takes the whole server down; of the sequence, what was not on the disk is gone, which here is all of it.</summary>
    private async Task<RunningCluster> Crash(RunningCluster cluster)
    {
        await using var owner = new NpgsqlConnection(cluster.OwnerConnectionString + ";Pooling=false");
        await owner.OpenAsync();
        await using var again = new NpgsqlCommand("select setval('journal.entries_position_seq', 1, false)", owner);
        await again.ExecuteNonQueryAsync();
        await using var witness = new NpgsqlConnection(cluster.OwnerConnectionString + ";Pooling=false");
        await witness.OpenAsync();
        Process.GetProcessById(owner.ProcessID).Kill();
        await using var sleep = new NpgsqlCommand("select pg_sleep(20)", witness);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => sleep.ExecuteNonQueryAsync());
        return await PrivateCluster.EnsureRunning(_options, CancellationToken.None);
    }

    /// <summary>One that is prepared, one that is committed, and a look that notes the first.</summary>
    private async Task<(long Early, long Late)> Write(string connectionString, TailHorizon horizon)
    {
        await using var db = NpgsqlDataSource.Create(connectionString);
        await using var connection = await db.OpenConnectionAsync();
        long early, late;
        await using (var tx = await connection.BeginTransactionAsync())
        {
            early = await Append(tx);
            await using var prepare = new NpgsqlCommand("prepare transaction 'slow'", connection, tx);
            await prepare.ExecuteNonQueryAsync();
        }

        await using (var tx = await connection.BeginTransactionAsync())
        {
            late = await Append(tx);
            await tx.CommitAsync();
        }

        Assert.Empty((await Look(db, connection, horizon)).Entries);
        return (early, late);
    }

    private async Task<long> Append(NpgsqlTransaction tx) =>
        (await new AppendEntries(_types).Run(tx, [JournalDesk.To(JournalDesk.NewVisit())])).Value.Entries[0].Position;

    private Task<TailPage> Look(NpgsqlDataSource db, NpgsqlConnection connection, TailHorizon horizon) =>
        new JournalTail(db, _types).Look(connection, horizon, 0, only: null, 10, CancellationToken.None);
}
