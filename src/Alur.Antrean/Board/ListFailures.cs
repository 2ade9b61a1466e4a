using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Failed queue rows by what went wrong, the most frequent first; <c>meta.total</c> says how many kinds there are.</summary>
internal static class ListFailures
{
    private const string Sql = """
        select q.*
        from antrean.sites s
        left join lateral (
            select b.fingerprint, count(*) as count, (array_agg(b.last_error order by b.id desc))[1] as example,
                   (array_agg(b.last_code order by b.id desc))[1] as code, array_agg(distinct b.task_id order by b.task_id) as task_ids,
                   min(b.finished_at) as first_at, max(b.finished_at) as last_at, count(*) over () as kinds
            from antrean.bpjs_antrean_queue b
            where b.site_id = s.id and b.state = 'FAILED' and b.fingerprint is not null
            group by b.fingerprint
            order by count(*) desc, b.fingerprint
            limit @limit
        ) q on true
        where s.code = @site
        order by q.count desc, q.fingerprint
        """;

    public static async Task<Listing<Failure>> Handle(
        NpgsqlDataSource database,
        CancellationToken ct,
        [FromQuery] string site = AntreanRoutes.DefaultSite,
        [FromQuery, Range(1, Paging.MaxLimit)] int limit = Paging.DefaultLimit)
    {
        var rows = await database.ReadSite(Sql, site, Read, [new NpgsqlParameter<int>("limit", limit)], ct);
        return rows.Ok
            ? new Page<Failure>([.. rows.Value.Select(r => r.Failure)], Next: null, rows.Value.FirstOrDefault().Kinds)
            : rows.Error;
    }

    private static (Failure Failure, long Kinds) Read(NpgsqlDataReader row) => (
        new Failure(
            row.Get<string>("fingerprint"),
            row.Get<long>("count"),
            row.GetOrDefault<string>("example"),
            row.GetOrDefault<string>("code"),
            row.Get<string[]>("task_ids"),
            row.Get<DateTimeOffset>("first_at"),
            row.Get<DateTimeOffset>("last_at")),
        row.Get<long>("kinds"));

    /// <summary>One kind of failure.</summary>
    /// <param name="Fingerprint">What the failures have in common; pass it to requeue them all.</param>
    /// <param name="Count">How many queue rows failed so.</param>
    /// <param name="Example">The latest one's error.</param>
    /// <param name="Code">The latest one's BPJS code.</param>
    /// <param name="TaskIds">Tasks that it struck.</param>
    /// <param name="FirstAt">When it first struck, of those still failed.</param>
    /// <param name="LastAt">When it last struck.</param>
    public sealed record Failure(
        [property: JsonPropertyName("fingerprint")] string Fingerprint,
        [property: JsonPropertyName("count")] long Count,
        [property: JsonPropertyName("example")] string? Example,
        [property: JsonPropertyName("code")] string? Code,
        [property: JsonPropertyName("task_ids")] IReadOnlyList<string> TaskIds,
        [property: JsonPropertyName("first_at")] DateTimeOffset FirstAt,
        [property: JsonPropertyName("last_at")] DateTimeOffset LastAt);
}
