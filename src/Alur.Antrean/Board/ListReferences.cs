using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>The lists that mappings and schedules are compared with, and how old they are.</summary>
internal static class ListReferences
{
    private const string ListName = "references";

    private const string Sql = """
        select q.*
        from antrean.sites s
        left join lateral (
            select l.path, l.kind, l.day, jsonb_array_length(l.rows)::bigint as count, l.fetched_at, l.asked_at, l.failure
            from antrean.reference_lists l
            where l.site_id = s.id and (@after is null or l.path > @after collate "C")
            order by l.path
            limit @rows
        ) q on true
        where s.code = @site
        order by q.path
        """;

    public static async Task<Listing<ReferenceList>> Handle([AsParameters] Filter filter, NpgsqlDataSource database, CancellationToken ct)
    {
        var after = Cursor.Read<Key>(filter.After, ListName);
        if (!after.Ok)
        {
            return after.Error;
        }

        var rows = await database.ReadSite(
            Sql, filter.Site ?? AntreanRoutes.DefaultSite, Read, [new NpgsqlParameter<string?>("after", after.Value?.Path), new NpgsqlParameter<int>("rows", filter.Rows + 1)], ct);
        return rows.Ok ? Paging.Cut(rows.Value, filter.Rows, r => Cursor.After(ListName, new Key(r.Path))) : rows.Error;
    }

    private static ReferenceList Read(NpgsqlDataReader row) => new(
        row.Get<string>("path"),
        row.GetOrDefault<DateOnly?>("day"),
        row.GetOrDefault<long?>("count"),
        row.GetOrDefault<DateTimeOffset?>("fetched_at"),
        row.GetOrDefault<DateTimeOffset?>("asked_at"),
        row.GetOrDefault<string>("failure"));

    /// <summary>Which site, which page.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "after")] string? After,
        [property: FromQuery(Name = "limit"), Range(1, Paging.MaxLimit)] int? Limit)
    {
        internal int Rows => Limit ?? Paging.DefaultLimit;
    }

    private sealed record Key(string Path);

    /// <summary>One list.</summary>
    /// <param name="Path">As BPJS is asked; khanza/… is the hospital's own.</param>
    /// <param name="Day">The day of a schedule; null otherwise.</param>
    /// <param name="Rows">How many rows are kept of it; null: it was never read.</param>
    /// <param name="FetchedAt">When these rows were read: what is compared is as old as this.</param>
    /// <param name="AskedAt">When it was last tried.</param>
    /// <param name="Failure">Why the last try gave no rows, so that the older ones stay; null after a good one.</param>
    public sealed record ReferenceList(
        [property: JsonPropertyName("path")] string Path,
        [property: JsonPropertyName("day")] DateOnly? Day,
        [property: JsonPropertyName("rows")] long? Rows,
        [property: JsonPropertyName("fetched_at")] DateTimeOffset? FetchedAt,
        [property: JsonPropertyName("asked_at")] DateTimeOffset? AskedAt,
        [property: JsonPropertyName("failure")] string? Failure);
}
