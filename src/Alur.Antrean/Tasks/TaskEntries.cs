using System.Globalization;
using Alur.Platform.Journal;

namespace Alur.Antrean.Tasks;

/// <summary>
/// What happens to tasks is told in the journal, in the statement in which it happens: one stream for each visit, named by its site and its number, which
/// is no secret and says nothing of whom it is about. Entries hold what is our own: the task, its moment, a reason of a closed set or a sentence of the program. The words of
/// others are kept beside the journal, in <c>antrean.entry_words</c>, where they can be taken out.
/// </summary>
internal static class TaskEntries
{
    /// <summary>Who does what nobody asked for: this part of the program. Histories call it <c>system</c>.</summary>
    public const string Ourselves = "antrean";

    private const string Metadata = """
        {
            "type": "object", "required": ["task"], "additionalProperties": false,
            "properties": {
                "task": {"type": "string", "minLength": 1, "maxLength": 10},
                "waktu": {"type": "string", "format": "date-time"},
                "reason": {"type": "string", "minLength": 1, "maxLength": 500}
            }
        }
        """;

    /// <summary>Everything that can happen to a task.</summary>
    public static IReadOnlyList<EventType> Types { get; } =
    [
        new("antrean.TASK_OBSERVED", 1, Metadata), new("antrean.TASK_CORRECTED", 1, Metadata), new("antrean.TASK_HELD", 1, Metadata),
        new("antrean.TASK_RELEASED", 1, Metadata), new("antrean.TASK_QUEUED", 1, Metadata), new("antrean.TASK_WITHDRAWN", 1, Metadata),
        new("antrean.TASK_SENT", 1, Metadata), new("antrean.TASK_FAILED", 1, Metadata), new("antrean.TASK_REQUEUED", 1, Metadata),
        new("antrean.TASK_REOPENED", 1, Metadata), new("antrean.TASK_CANCELLED", 1, Metadata), new("antrean.TASK_RESTORED", 1, Metadata),
    ];

    /// <summary>The id of the site of a visit's stream; null: of something else.</summary>
    public static short? SiteOf(StreamId stream) =>
        stream.Key.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && short.TryParse(stream.Key.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>
    /// CTEs that record <c>happened(site_id, visit_id, task, type, waktu, reason, words, actor)</c>: <c>reason</c> is our own, <c>words</c> are others'. Of one task only
    /// a failure and what reopens it happen together; that is the order of their names.
    /// </summary>
    public const string Append = $$"""
        , entering as materialized (
            select journal.new_id() as id, 'antrean.visit:' || h.site_id || '/' || h.visit_id as stream_id, h.task || h.type as nth, h.type, 1 as schema_version,
                   jsonb_strip_nulls(jsonb_build_object(
                       'task', h.task, 'waktu', to_char(h.waktu at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'reason', h.reason)) as metadata,
                   case when h.actor = 'system' then '{{Ourselves}}' when starts_with(h.actor, 'user:') then substr(h.actor, 6)
                        when starts_with(h.actor, 'api-key:') then substr(h.actor, 9) else h.actor end as performed_by,
                   case when starts_with(h.actor, 'user:') then 'USER' when starts_with(h.actor, 'api-key:') then 'API_KEY' else 'SYSTEM' end as actor_kind,
                   h.words
            from happened h
        ), words_kept as (
            insert into antrean.entry_words (entry, words) select e.id, e.words from entering e where e.words <> ''
        )
        {{AppendSet.Sql}}
        """;
}
