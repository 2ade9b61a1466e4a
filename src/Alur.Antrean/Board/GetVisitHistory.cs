using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Antrean.Tasks;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>What happened to a visit's tasks, oldest first. Nothing is ever removed from it.</summary>
internal static class GetVisitHistory
{
    private const string ListName = "history";

    // A registration whose time cannot be read stands at midnight, because a task has to stand somewhere; that is nobody's moment.
    private const string Sql = """
        with unreadable as materialized (
            select exists (
                    select from antrean.sites s join antrean.visits v on v.site_id = s.id and v.visit_id = @visit_id where s.code = @site and v.event_time is null)
                or exists (
                    select from antrean.sites s join journal.entries h on h.stream_id = 'antrean.visit:' || s.id || '/' || @visit_id
                    where s.code = @site and h.metadata ->> 'task' = '1' and h.metadata ->> 'reason' = 'TIME_UNREADABLE') as is_unreadable
        )
        select q.*
        from antrean.sites s
        left join lateral (
            select e.position as id, e.version, e.metadata ->> 'task' as task, substr(e.type, length('antrean.TASK_') + 1) as event,
                   case when not (e.metadata ->> 'task' = '1' and u.is_unreadable and ((e.metadata ->> 'waktu')::timestamptz at time zone s.zone)::time = '00:00')
                       then (e.metadata ->> 'waktu')::timestamptz end as waktu, coalesce(w.words, e.metadata ->> 'reason') as reason,
                   e.performed_by, e.actor_kind, e.recorded_at
            from journal.entries e
            left join antrean.entry_words w on w.entry = e.id
            cross join unreadable u
            where e.stream_id = 'antrean.visit:' || s.id || '/' || @visit_id and e.version > coalesce(@after, 0)
            order by e.version
            limit @rows
        ) q on true
        where s.code = @site
        order by q.version
        """;

    public static async Task<Listing<Entry>> Handle(
        [FromRoute(Name = "visit_id")] string visitId,
        NpgsqlDataSource database,
        CancellationToken ct,
        [FromQuery] string site = AntreanRoutes.DefaultSite,
        [FromQuery] string? after = null,
        [FromQuery, Range(1, Paging.MaxLimit)] int limit = Paging.DefaultLimit)
    {
        var behind = Cursor.Read<Key>(after, ListName);
        if (!behind.Ok)
        {
            return behind.Error;
        }

        var rows = await database.ReadSite(
            Sql,
            site,
            Read,
            [
                new NpgsqlParameter<string>("visit_id", visitId),
                new NpgsqlParameter<int?>("after", behind.Value?.Version),
                new NpgsqlParameter<int>("rows", limit + 1),
            ],
            ct);
        return rows switch
        {
            { Error: { } error } => error,
            // Whatever is known of a visit began with an entry here.
            { Value: [] } when after is null => new VisitNotFound(visitId),
            _ => Paging.Cut(rows.Value, limit, row => Cursor.After(ListName, new Key(row.Version))).Select(row => row.Entry),
        };
    }

    private static (int Version, Entry Entry) Read(NpgsqlDataReader row) => (
        row.Get<int>("version"),
        new Entry(
            row.Get<long>("id"),
            row.Get<string>("task"),
            row.Get<string>("event"),
            row.GetOrDefault<DateTimeOffset?>("waktu"),
            row.GetOrDefault<string>("reason"),
            Actor(row.Get<string>("performed_by"), row.Get<string>("actor_kind")),
            row.Get<DateTimeOffset>("recorded_at")));

    private static string Actor(string performedBy, string kind) => kind switch
    {
        "USER" => $"user:{performedBy}",
        "API_KEY" => $"api-key:{performedBy}",
        _ => performedBy == TaskEntries.Ourselves ? "system" : performedBy,
    };

    /// <summary>One thing that happened.</summary>
    /// <param name="Id">Order of recording: its position in the journal.</param>
    /// <param name="Task">Code of the task catalogue.</param>
    /// <param name="Event">OBSERVED, CORRECTED, HELD, RELEASED, QUEUED, WITHDRAWN, SENT, FAILED, REQUEUED, REOPENED, CANCELLED or RESTORED.</param>
    /// <param name="Waktu">The task's moment then; null: it has none, or Khanza's cannot be read.</param>
    /// <param name="Reason">Held or cancelled reason, or the answer's code and message.</param>
    /// <param name="Actor">system, or who did it, such as <c>api-key:first</c>.</param>
    /// <param name="RecordedAt">When it was recorded.</param>
    public sealed record Entry(
        [property: JsonPropertyName("id")] long Id,
        [property: JsonPropertyName("task_id")] string Task,
        [property: JsonPropertyName("event")] string Event,
        [property: JsonPropertyName("waktu")] DateTimeOffset? Waktu,
        [property: JsonPropertyName("reason")] string? Reason,
        [property: JsonPropertyName("actor")] string Actor,
        [property: JsonPropertyName("recorded_at")] DateTimeOffset RecordedAt);

    private sealed record Key(int Version);
}
