using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Antrean.References;
using Alur.Antrean.Sites;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Where the hospital's mappings and schedules are not BPJS's, with the visits concerned: mappings first, then day by day.</summary>
internal static class ListDifferences
{
    private const string ListName = "differences";

    private const string Sql = $"""
        select q.*
        from antrean.sites s
        left join lateral (
            select d.place, d.kind, d.day, d.poli_id, d.poli, d.kodepoli, d.dokter_id, d.dokter, d.kodedokter, d.khanza, d.bpjs, d.fetched_at,
                   cardinality(d.visits)::bigint as visits, d.visits[1:10] as visit_ids
            from ({Differences.Sql}) d
            where (@kind is null or d.kind = @kind) and (@date is null or d.day = @date)
              and (@poli_id is null or d.poli_id = @poli_id) and (@dokter_id is null or d.dokter_id = @dokter_id)
              and (@visit_id is null or @visit_id = any(d.visits))
              and (@after_place is null or (coalesce(d.day, '-infinity'), d.place) > (coalesce(@after_day, '-infinity'), @after_place collate "C"))
            order by coalesce(d.day, '-infinity'), d.place
            limit @rows
        ) q on true
        where s.code = @site
        order by coalesce(q.day, '-infinity'), q.place
        """;

    private static readonly string[] s_kinds = [.. DifferenceKinds.All.Select(kind => kind.Code)];

    public static async Task<Listing<Difference>> Handle(
        [AsParameters] Filter filter, NpgsqlDataSource database, IOptions<AntreanOptions> options, TimeProvider clock, CancellationToken ct)
    {
        if (filter.Kind is { } kind && !s_kinds.Contains(kind))
        {
            return new UnknownValue("kind", kind, s_kinds);
        }

        var after = Cursor.Read<Key>(filter.After, ListName);
        if (!after.Ok)
        {
            return after.Error;
        }

        var code = filter.Site ?? AntreanRoutes.DefaultSite;
        var rows = await database.ReadSite(Sql, code, Read, Parameters(filter, after.Value, Today(options.Value, code, clock)), ct);
        return rows.Ok
            ? Paging.Cut(rows.Value, filter.Rows, r => Cursor.After(ListName, new Key(r.Difference.Day, r.Place))).Select(r => r.Difference)
            : rows.Error;
    }

    private static DateOnly Today(AntreanOptions options, string code, TimeProvider clock) =>
        new Site(0, code, options.Sites.GetValueOrDefault(code) ?? new SiteOptions()).Today(clock);

    private static NpgsqlParameter[] Parameters(Filter filter, Key? after, DateOnly today) =>
    [
        new NpgsqlParameter<DateOnly>("today", today),
        new NpgsqlParameter<string?>("kind", filter.Kind),
        new NpgsqlParameter<DateOnly?>("date", filter.Date),
        new NpgsqlParameter<string?>("poli_id", filter.PoliId),
        new NpgsqlParameter<string?>("dokter_id", filter.DokterId),
        new NpgsqlParameter<string?>("visit_id", filter.VisitId),
        new NpgsqlParameter<DateOnly?>("after_day", after?.Day),
        new NpgsqlParameter<string?>("after_place", after?.Place),
        new NpgsqlParameter<int>("rows", filter.Rows + 1),
    ];

    private static (string Place, Difference Difference) Read(NpgsqlDataReader row)
    {
        var kind = DifferenceKinds.Of(row.Get<string>("kind"));
        return (row.Get<string>("place"), new Difference(
            kind.Code,
            row.GetOrDefault<DateOnly?>("day"),
            row.GetOrDefault<string>("poli_id"),
            row.GetOrDefault<string>("poli"),
            row.GetOrDefault<string>("kodepoli"),
            row.GetOrDefault<string>("dokter_id"),
            row.GetOrDefault<string>("dokter"),
            row.GetOrDefault<string>("kodedokter"),
            row.GetOrDefault<string>("khanza"),
            row.GetOrDefault<string>("bpjs"),
            row.Get<long>("visits"),
            row.Get<string[]>("visit_ids"),
            row.Get<DateTimeOffset>("fetched_at"),
            new Explanation($"{kind.Found.Indonesian}. {kind.Do.Indonesian}", $"{kind.Found.English}. {kind.Do.English}", kind.Mender)));
    }

    /// <summary>Filters; all given ones must hold.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "kind")] string? Kind,
        [property: FromQuery(Name = "date")] DateOnly? Date,
        [property: FromQuery(Name = "poli_id")] string? PoliId,
        [property: FromQuery(Name = "dokter_id")] string? DokterId,
        [property: FromQuery(Name = "visit_id")] string? VisitId,
        [property: FromQuery(Name = "after")] string? After,
        [property: FromQuery(Name = "limit"), Range(1, Paging.MaxLimit)] int? Limit)
    {
        internal int Rows => Limit ?? Paging.DefaultLimit;
    }

    private sealed record Key(DateOnly? Day, string Place);

    /// <summary>One difference.</summary>
    /// <param name="Kind">What differs.</param>
    /// <param name="Day">The day whose schedule differs; null: it is about a mapping.</param>
    /// <param name="PoliId">Khanza's kd_poli; null when it is about a doctor only.</param>
    /// <param name="Poli">The clinic's name in Khanza.</param>
    /// <param name="Kodepoli">The clinic's BPJS code.</param>
    /// <param name="DokterId">Khanza's kd_dokter; null when it is about a clinic only, or nobody is mapped to that doctor.</param>
    /// <param name="Dokter">The doctor's name in Khanza.</param>
    /// <param name="Kodedokter">The doctor's BPJS code.</param>
    /// <param name="Khanza">What Khanza says.</param>
    /// <param name="Bpjs">What BPJS says; null: nothing.</param>
    /// <param name="Visits">How many visits, of that day or of today and later, it concerns.</param>
    /// <param name="VisitIds">The first ten of them.</param>
    /// <param name="FetchedAt">When BPJS said so.</param>
    /// <param name="Explanation">In words, with what to do and who can do it.</param>
    public sealed record Difference(
        [property: JsonPropertyName("kind")] string Kind,
        [property: JsonPropertyName("day")] DateOnly? Day,
        [property: JsonPropertyName("poli_id")] string? PoliId,
        [property: JsonPropertyName("poli")] string? Poli,
        [property: JsonPropertyName("kodepoli")] string? Kodepoli,
        [property: JsonPropertyName("dokter_id")] string? DokterId,
        [property: JsonPropertyName("dokter")] string? Dokter,
        [property: JsonPropertyName("kodedokter")] string? Kodedokter,
        [property: JsonPropertyName("khanza")] string? Khanza,
        [property: JsonPropertyName("bpjs")] string? Bpjs,
        [property: JsonPropertyName("visits")] long Visits,
        [property: JsonPropertyName("visit_ids")] IReadOnlyList<string> VisitIds,
        [property: JsonPropertyName("fetched_at")] DateTimeOffset FetchedAt,
        [property: JsonPropertyName("explanation")] Explanation Explanation);
}
