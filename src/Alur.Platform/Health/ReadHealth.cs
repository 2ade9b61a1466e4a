using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Platform.Health;

/// <summary>One way out, as it stands.</summary>
/// <param name="Name">Such as <c>bpjs:default</c>.</param>
/// <param name="PausedReason">Why nothing goes out; null: it does.</param>
/// <param name="PausedUntil">Null while paused: until somebody resumes it.</param>
/// <param name="Open">Keys with something to send, now or later.</param>
/// <param name="Late">Those of them that have been due for more than a minute.</param>
/// <param name="Parked">Keys that stand still behind a failed delivery.</param>
internal sealed record ChannelHealth(string Name, string? PausedReason, DateTimeOffset? PausedUntil, long Open, long Late, long Parked);

/// <summary>Somebody who is at work.</summary>
/// <param name="Node">Machine and process.</param>
/// <param name="Duties">What it does that only one may do.</param>
internal sealed record NodeHealth(string Node, IReadOnlyList<string> Duties);

/// <summary>What an area takes on disk, indexes included.</summary>
internal sealed record AreaSize(string Name, long Bytes);

/// <summary>What of the installation changes from minute to minute.</summary>
/// <param name="Channels">The ways out.</param>
/// <param name="Nodes">The servers that are at work.</param>
/// <param name="DatabaseBytes">What the whole database takes.</param>
/// <param name="Areas">Its parts, the largest first.</param>
internal sealed record Standing(IReadOnlyList<ChannelHealth> Channels, IReadOnlyList<NodeHealth> Nodes, long DatabaseBytes, IReadOnlyList<AreaSize> Areas);

/// <summary>Reads how the engine, the nodes and the database stand; by indexes and catalogue only, because pages ask it every few seconds.</summary>
internal static class ReadHealth
{
    private const string ChannelsSql = $"""
        select c.name, case when c.paused_until > now() then {PausedBecause.Sql} end,
               case when c.paused_until > now() and isfinite(c.paused_until) then c.paused_until end,
               (select count(*) from delivery.lanes l where l.channel = c.name and l.state = 'OPEN'),
               (select count(*) from delivery.lanes l where l.channel = c.name and l.state = 'OPEN' and l.due_at < now() - interval '1 minute'),
               (select count(*) from delivery.jobs j where j.channel = c.name and j.fingerprint is not null)
        from delivery.channels c
        order by c.name
        """;

    // A holder is machine:process:number; the number tells apart what one process does.
    private const string NodesSql = """
        select regexp_replace(l.holder, ':[^:]*$', ''), array_agg(l.name order by l.name)
        from platform.leases l
        where l.until > now()
        group by 1
        order by 1
        """;

    private const string AreasSql = """
        select n.nspname, sum(pg_total_relation_size(c.oid))::bigint, pg_database_size(current_database())
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm') and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
        group by n.nspname
        order by 2 desc, 1
        """;

    public static async Task<Standing> Run(NpgsqlDataSource database, CancellationToken ct)
    {
        var channels = await database.Statement(ChannelsSql).Rows(
            r => new ChannelHealth(r.GetString(0), r.Maybe<string>(1), r.Maybe<DateTimeOffset?>(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5)), ct);
        var nodes = await database.Statement(NodesSql).Rows(r => new NodeHealth(r.GetString(0), r.GetFieldValue<string[]>(1)), ct);
        var areas = await database.Statement(AreasSql).Rows(r => (Area: new AreaSize(r.GetString(0), r.GetInt64(1)), Whole: r.GetInt64(2)), ct);
        return new Standing(channels, nodes, areas.Select(a => a.Whole).FirstOrDefault(), [.. areas.Select(a => a.Area)]);
    }
}
