using Alur.Simulators.Bpjs;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Host.Commands.Demo;

/// <summary>
/// The calls that servers had in hand when they were killed or stood still, as PostgreSQL knows them: jobs that are SENDING at that moment, each
/// under its lease. Whose lease it is PostgreSQL does not say; but a server that lives writes down what came of its calls, and a dead one never does.
/// So those calls were not heard of which no result was kept under that lease, and no others, whatever else was under way. A job that was given back
/// keeps no result under that lease either; but then it was told under a later one, and what was told from then on is written down.
/// </summary>
/// <param name="database">Connection string of the servers' database.</param>
/// <param name="lease">How long servers claim for.</param>
internal sealed class CallsInHand(string database, TimeSpan lease)
{
    // What was on the wire is at BPJS by then, on a slow machine too.
    private static readonly TimeSpan s_arrives = TimeSpan.FromSeconds(2);

    // What a server was answered so shortly before its database left, it may not have written down.
    private static readonly TimeSpan s_unsettled = TimeSpan.FromSeconds(2);

    // No lease is granted while PostgreSQL is away: there is the one from before, and the one of whoever took over afterwards.
    private const int LeasesPerAbsence = 2;

    private const string InHand = """
        select j.id, l.lease_token, j.payload ->> 'endpoint', j.payload -> 'body' ->> 'kodebooking', (j.payload -> 'body' ->> 'taskid')::int, l.due_at - $1, l.due_at
        from delivery.jobs j
        join delivery.lanes l on l.channel = j.channel and l.key = j.key
        where j.state = 'SENDING' and l.lease_token is not null and j.payload ->> 'endpoint' is not null and j.payload -> 'body' ->> 'kodebooking' is not null
        """;

    private const string Unwritten = """
        select h.n::int, (select min(a.started_at) from delivery.attempts a where a.job_id = h.job_id and a.started_at >= h.claimed and not a.fenced_off)
        from unnest($1, $2, $3) with ordinality as h(job_id, token, claimed, n)
        where not exists (select 1 from delivery.attempts a where a.job_id = h.job_id and a.lease_token = h.token and not a.fenced_off)
        """;

    // Durations are kept in whole milliseconds.
    private const string Written = """
        select j.payload ->> 'endpoint', j.payload -> 'body' ->> 'kodebooking', (j.payload -> 'body' ->> 'taskid')::int, a.started_at, a.started_at + (a.duration_ms + 1) * interval '1 millisecond'
        from delivery.attempts a
        join delivery.jobs j on j.id = a.job_id
        where a.started_at > $1 - interval '1 minute' and a.started_at <= $2 and not a.fenced_off and j.payload ->> 'endpoint' is not null and j.payload -> 'body' ->> 'kodebooking' is not null
        """;

    // No pool: a connection of before is of no use after PostgreSQL was away.
    private readonly string _database = new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString;
    private readonly Lock _lock = new();
    private readonly List<Held> _held = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset Until)> _unknown = [];

    /// <summary>A server has just been killed, or made to stand still.</summary>
    /// <param name="awaySince">
    /// PostgreSQL is away, or has hardly come back: then servers keep results in memory, and leases that ran out meanwhile may have been taken over.
    /// What was accepted from then on and never written down was not heard.
    /// </param>
    /// <param name="ct">Cancels.</param>
    public async Task Note(DateTimeOffset? awaySince, CancellationToken ct)
    {
        var at = DateTimeOffset.UtcNow;
        var held = await Look(at, ct);
        lock (_lock)
        {
            _held.AddRange(held ?? []);
            if (held is null || awaySince is not null)
                _unknown.Add(((awaySince ?? at - lease) - s_unsettled, at + s_arrives));
        }
    }

    /// <summary>The calls of which nobody heard, now that everything is at rest. May be asked again and again.</summary>
    public async Task<IReadOnlyList<UnheardCall>> NotHeard(BpjsLedger ledger, CancellationToken ct)
    {
        Held[] held;
        (DateTimeOffset From, DateTimeOffset Until)[] unknown;
        lock (_lock)
            (held, unknown) = ([.. _held.GroupBy(h => (h.Job, h.Lease), (_, same) => same.MaxBy(h => h.Call.Until)!)], [.. _unknown]);
        if (held.Length + unknown.Length == 0)
            return [];
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(ct);
        var calls = await Unkept(connection, held, ct);
        foreach (var (from, until) in unknown)
            calls.AddRange(await Unkept(connection, ledger, from, until, ct));
        return calls;
    }

    private async Task<List<Held>?> Look(DateTimeOffset at, CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(_database);
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand(InHand, connection) { Parameters = { new() { Value = lease } } };
            await using var reader = await command.ExecuteReaderAsync(ct);
            var held = new List<Held>();
            while (await reader.ReadAsync(ct))
            {
                var ends = reader.GetFieldValue<DateTimeOffset>(6);
                held.Add(new(reader.GetInt64(0), reader.GetGuid(1), await Call(reader, 2, ends < at + s_arrives ? ends : at + s_arrives, ct)));
            }

            return held;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private static async Task<List<UnheardCall>> Unkept(NpgsqlConnection connection, Held[] held, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Unwritten, connection)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(held, h => h.Job), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                new() { Value = Array.ConvertAll(held, h => h.Lease), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = Array.ConvertAll(held, h => h.Call.From.ToUniversalTime()), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var calls = new List<UnheardCall>();
        while (await reader.ReadAsync(ct))
        {
            var call = held[reader.GetInt32(0) - 1].Call;
            var toldAgain = await reader.IsDBNullAsync(1, ct) ? DateTimeOffset.MaxValue : reader.GetFieldValue<DateTimeOffset>(1).AddTicks(-1);
            if (toldAgain > call.From)
                calls.Add(toldAgain < call.Until ? call with { Until = toldAgain } : call);
        }

        return calls;
    }

    private static async Task<IEnumerable<UnheardCall>> Unkept(NpgsqlConnection connection, BpjsLedger ledger, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Written, connection) { Parameters = { new() { Value = from.ToUniversalTime() }, new() { Value = until.ToUniversalTime() } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var written = new List<UnheardCall>();
        while (await reader.ReadAsync(ct))
            written.Add(await Call(reader, 0, reader.GetFieldValue<DateTimeOffset>(4), ct));
        var kept = written.ToLookup(w => (w.Endpoint, w.Kodebooking, w.Taskid));
        return ledger.Calls
            .Where(call => call is { Outcome: "accepted", Kodebooking: not null, Sumber: DemoEyes.Bridge } && call.EngineAt >= from && call.EngineAt <= until)
            .Where(call => !kept[(call.Endpoint, call.Kodebooking!, call.Taskid)].Any(w => w.Holds(call.EngineAt)))
            .GroupBy(call => (call.Endpoint, call.Kodebooking, call.Taskid))
            .SelectMany(same => same.OrderByDescending(call => call.EngineAt).Take(LeasesPerAbsence))
            .Select(call => new UnheardCall(call.Endpoint, call.Kodebooking!, call.Taskid, call.EngineAt, call.EngineAt));
    }

    // Endpoint, booking code, task, from: four columns in a row.
    private static async Task<UnheardCall> Call(NpgsqlDataReader reader, int first, DateTimeOffset until, CancellationToken ct) => new(
        reader.GetString(first), reader.GetString(first + 1), await reader.IsDBNullAsync(first + 2, ct) ? null : reader.GetInt32(first + 2),
        reader.GetFieldValue<DateTimeOffset>(first + 3), until);

    private sealed record Held(long Job, Guid Lease, UnheardCall Call);
}
