using System.Diagnostics;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Benchmarks.Journal;

/// <summary>How one transaction puts down what happened.</summary>
internal interface IPutDown
{
    /// <summary>Entries for streams whose present version the writer knows.</summary>
    Task Run(NpgsqlTransaction tx, IReadOnlyList<(string Stream, int Version, int Count)> streams, CancellationToken ct);
}

/// <summary>Connections that do the same transaction over and over: begin, one change of state, what happened, commit.</summary>
internal static class Writers
{
    private const string State = "update bench.state set steps = steps + 1 where id = $1";
    private const int StreamsOfWriter = 50;

    /// <summary>Entries per second over all connections, and how many.</summary>
    /// <param name="source">As the server's role.</param>
    /// <param name="how">With the journal or without.</param>
    /// <param name="connections">Writers.</param>
    /// <param name="batch">Entries of a transaction, ten of a stream.</param>
    /// <param name="name">Of this measurement: its streams are its own.</param>
    /// <param name="ct">Ends it; what is under way is finished.</param>
    public static async Task<(double PerSecond, long Count)> Run(NpgsqlDataSource source, IPutDown how, int connections, int batch, string name, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(n => Task.Run(() => Write(source, how, n, batch, $"bench:{name}-{n}-", ct), CancellationToken.None)));
        return (counts.Sum() / clock.Elapsed.TotalSeconds, counts.Sum());
    }

    private static async Task<long> Write(NpgsqlDataSource source, IPutDown how, int writer, int batch, string prefix, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        await using var state = new NpgsqlCommand(State, connection);
        state.Parameters.Add(new NpgsqlParameter<int> { TypedValue = writer });
        await state.PrepareAsync(CancellationToken.None);
        var versions = new int[StreamsOfWriter];
        var (each, count) = (Math.Min(batch, 10), 0L);
        for (var turn = 0; !ct.IsCancellationRequested; turn += batch / each)
        {
            await using var tx = await connection.BeginTransactionAsync(CancellationToken.None);
            state.Transaction = tx;
            await state.ExecuteNonQueryAsync(CancellationToken.None);
            var mine = Enumerable.Range(turn, batch / each).Select(t => t % StreamsOfWriter).ToList();
            await how.Run(tx, [.. mine.Select(s => (prefix + s, versions[s], each))], CancellationToken.None);
            await tx.CommitAsync(CancellationToken.None);
            mine.ForEach(s => versions[s] += each);
            count += batch;
        }

        return count;
    }
}

/// <summary>As modules do it.</summary>
internal sealed class WithJournal(EventTypes types) : IPutDown
{
    private static readonly Actor Clerk = new("clerk-1", ActorKind.User);
    private readonly AppendEntries _append = new(types);

    public async Task Run(NpgsqlTransaction tx, IReadOnlyList<(string Stream, int Version, int Count)> streams, CancellationToken ct)
    {
        var result = await _append.Run(tx, [.. streams.Select(s => new StreamAppend(new StreamId(s.Stream), [.. Enumerable.Range(0, s.Count).Select(Entry)]) { ExpectedVersion = s.Version })], ct: ct);
        if (!result.Ok) throw new InvalidOperationException(result.Error.Message);
    }

    private static NewEntry Entry(int n) => new(JournalDatabase.Type, Clerk, DateTimeOffset.UtcNow) { Metadata = BareInsert.Metadata, CorrelationId = Guid.Empty };
}

/// <summary>The same rows into a table of the same build, with versions that the writer counts itself and nobody checks.</summary>
internal sealed class BareInsert : IPutDown
{
    public const string Metadata = """{"billId": 4711, "amount": 150000, "paymentMethod": "CASH"}""";

    // A stream's row is made once, as anybody must who keeps one.
    private const string Streams = "insert into bench.streams (stream_id, kind, version) select s, 'bench', 0 from unnest($1) s on conflict do nothing";

    private const string Insert = """
        insert into bench.entries (id, stream_id, version, type, schema_version, metadata, performed_by, actor_kind, performed_at, correlation_id)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    public async Task Run(NpgsqlTransaction tx, IReadOnlyList<(string Stream, int Version, int Count)> streams, CancellationToken ct)
    {
        if (streams.Any(s => s.Version == 0))
        {
            await using var make = new NpgsqlCommand(Streams, tx.Connection, tx);
            Add(make, [.. streams.Select(s => s.Stream)], NpgsqlDbType.Text);
            await make.ExecuteNonQueryAsync(ct);
        }

        (string Stream, int Version)[] rows = [.. streams.SelectMany(s => Enumerable.Range(s.Version + 1, s.Count).Select(v => (s.Stream, v)))];
        await using var insert = new NpgsqlCommand(Insert, tx.Connection, tx);
        Add(insert, Array.ConvertAll(rows, _ => Guid.CreateVersion7()), NpgsqlDbType.Uuid);
        Add(insert, Array.ConvertAll(rows, r => r.Stream), NpgsqlDbType.Text);
        Add(insert, Array.ConvertAll(rows, r => r.Version), NpgsqlDbType.Integer);
        Add(insert, Array.ConvertAll(rows, _ => JournalDatabase.Type), NpgsqlDbType.Text);
        Add(insert, Array.ConvertAll(rows, _ => 1), NpgsqlDbType.Integer);
        Add(insert, Array.ConvertAll(rows, _ => Metadata), NpgsqlDbType.Jsonb);
        Add(insert, Array.ConvertAll(rows, _ => "clerk-1"), NpgsqlDbType.Text);
        Add(insert, Array.ConvertAll(rows, _ => "USER"), NpgsqlDbType.Text);
        Add(insert, Array.ConvertAll(rows, _ => DateTime.UtcNow), NpgsqlDbType.TimestampTz);
        Add(insert, Array.ConvertAll(rows, _ => Guid.Empty), NpgsqlDbType.Uuid);
        await insert.PrepareAsync(ct);
        await insert.ExecuteNonQueryAsync(ct);
    }

    private static void Add<T>(NpgsqlCommand command, T[] values, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
}
