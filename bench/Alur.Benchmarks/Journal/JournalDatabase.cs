using Alur.Platform.Journal;
using Npgsql;

namespace Alur.Benchmarks.Journal;

/// <summary>A journal that has a past, and beside it a table of the same build that nobody guards.</summary>
internal sealed class JournalDatabase(PrivateDatabase database) : IAsyncDisposable
{
    public const string Type = "BENCH_STEP";

    // The same columns, indexes, checks and references; no protection, no registry, no versions but those that the caller makes up.
    private const string Bare = """
        create schema bench;
        create table bench.streams (like journal.streams including all) with (fillfactor = 80);
        create table bench.entries (like journal.entries including all);
        alter table bench.entries add foreign key (stream_id) references bench.streams (stream_id) on delete restrict,
            add foreign key (stream_id, corrects) references bench.entries (stream_id, version) on delete restrict;
        create table bench.state (id int primary key, steps bigint not null default 0) with (fillfactor = 50);
        insert into bench.state (id) select n from generate_series(0, 63) n;
        grant usage on schema bench to alur_app;
        grant select, insert, update on all tables in schema bench to alur_app;
        """;

    // References are switched off for the filling only: they would be checked ten million times for what is known to be right.
    private const string Fill = """
        set session_replication_role = replica;
        insert into journal.streams (stream_id, kind, subject_id, version)
        select 'past:' || n, 'past', 'subject-' || n % @subjects, @entries / @streams from generate_series(0, @streams - 1) n;
        insert into journal.entries (id, stream_id, version, type, schema_version, metadata, performed_by, actor_kind, performed_at)
        select gen_random_uuid(), 'past:' || n % @streams, n / @streams + 1, 'BENCH_STEP', 1,
               jsonb_build_object('billId', n, 'amount', n % 500000, 'paymentMethod', 'CASH'), 'clerk-' || n % 20, 'USER', timestamptz '2020-01-01' + n * interval '5 seconds'
        from generate_series(0, @entries - 1) n;
        set session_replication_role = origin;
        """;

    public EventTypes Types { get; } = new([new ModuleEventTypes("bench", [new EventType(Type, 1, """{"properties": {"billId": {"type": "integer"}, "amount": {"type": "number"}}}""")])]);

    /// <summary>As the server's role.</summary>
    public NpgsqlDataSource App => database.App;

    public static async Task<JournalDatabase> Prepare(string root, JournalSize size, CancellationToken ct)
    {
        var database = await PrivateDatabase.Prepare(root, size.Cluster, "alur_bench_journal", ct);
        await database.AsOwner(Bare, ct);
        await database.AsAdmin(Fill, ct, ("subjects", size.Subjects), ("streams", size.Streams), ("entries", size.Entries));
        await database.Settle(ct);
        return new JournalDatabase(database);
    }

    /// <summary>What was written is on disk, so that no measurement pays for another's write-back.</summary>
    public Task Checkpoint(CancellationToken ct) => database.Checkpoint(ct);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => database.DisposeAsync();
}
