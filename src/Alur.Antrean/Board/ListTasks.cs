using System.ComponentModel.DataAnnotations;
using Alur.Antrean.Tasks;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>The work list: where every observed task stands, and for the held ones why and who can mend it. Latest visit first.</summary>
internal static class ListTasks
{
    private const string ListName = "tasks";
    private static readonly string[] States = ["sent", "held", "failed", "cancelled", "pending"];
    private static readonly string[] Reasons =
        [.. HeldReasons.All.Select(reason => reason.Code), "CANCELLED_IN_KHANZA", "CANCELLED_AT_BPJS", "GONE_FROM_KHANZA"];

    // The visit is looked up for the rows of the page only.
    private const string Columns = """
        select q.*, v.service_date, v.poli_id, v.dokter_id, q.task = '1' and v.visit_id is not null and v.event_time is null as is_unreadable
        from antrean.sites s
        left join lateral (
            select t.visit_id, t.task, c.label, t.status, t.held_reason, t.cancelled_reason, t.failed_reason,
                   t.waktu, t.waktu_khanza, t.status = 'SENT_BPJS' and t.waktu_khanza is distinct from t.waktu as differs,
                   t.source, t.already_there, t.first_seen_at, t.queued_at, t.sent_at
        """;

    private const string FromAll = """

            from antrean.tasks t
        """;

    // From the visits of the day to their tasks, and "offset 0" so that the planner does not think of walking through all
    // tasks of the site instead. A task whose visit was not read yet counts on the hospital's day on which it happened.
    private const string FromDay = """

            from (
                select d.visit_id from antrean.visits d where d.site_id = s.id and d.service_date = @date
                union
                select i.visit_id from antrean.tasks i
                where i.site_id = s.id and i.held_reason = 'VISIT_NOT_READ' and (i.waktu at time zone s.zone)::date = @date
            ) day
            cross join lateral (
                select * from antrean.tasks t where t.site_id = s.id and t.visit_id = day.visit_id offset 0
            ) t
        """;

    private const string Filters = """

            join antrean.task_catalogue c on c.code = t.task
            where t.site_id = s.id
              and (@status is null or t.status = @status)
              and (@held is null or (t.held_reason is not null) = @held)
              and (@cancelled is null or (t.cancelled_reason is not null) = @cancelled)
              and (@reason is null or t.held_reason = @reason or t.cancelled_reason = @reason)
              and (@task is null or t.task = @task)
              and (@visit_id is null or t.visit_id = @visit_id)
              and (@after_visit is null or (t.visit_id <= @after_visit and (t.visit_id < @after_visit or t.task > @after_task)))
            order by t.visit_id desc, t.task
            limit @rows
        ) q on true
        left join antrean.visits v on v.site_id = s.id and v.visit_id = q.visit_id
        where s.code = @site
        order by q.visit_id desc, q.task
        """;

    private const string Sql = Columns + FromAll + Filters;
    private const string DaySql = Columns + FromDay + Filters;

    public static async Task<Listing<WorkItem>> Handle([AsParameters] Filter filter, NpgsqlDataSource database, CancellationToken ct)
    {
        if (filter.State is { } state && !States.Contains(state))
        {
            return new UnknownValue("state", state, States);
        }

        if (filter.Reason is { } reason && !Reasons.Contains(reason))
        {
            return new UnknownValue("reason", reason, Reasons);
        }

        var after = Cursor.Read<Key>(filter.After, ListName);
        if (!after.Ok)
        {
            return after.Error;
        }

        var site = filter.Site ?? AntreanRoutes.DefaultSite;
        var rows = await database.ReadSite(filter.Date is null ? Sql : DaySql, site, WorkItem.Read, Parameters(filter, after.Value), ct);
        return rows.Ok
            ? Paging.Cut(rows.Value, filter.Rows, item => Cursor.After(ListName, new Key(item.VisitId, item.Task)))
            : rows.Error;
    }

    private static NpgsqlParameter[] Parameters(Filter filter, Key? after)
    {
        (string? status, bool? held, bool? cancelled) = filter.State switch
        {
            "sent" => ("SENT_BPJS", null, null),
            "failed" => ("FAILED_BPJS", null, null),
            "held" => ("DRAFT", true, null),
            "cancelled" => ("DRAFT", null, true),
            "pending" => ("DRAFT", false, false),
            _ => ((string?)null, (bool?)null, (bool?)null),
        };
        return
        [
            new NpgsqlParameter<string?>("status", status),
            new NpgsqlParameter<bool?>("held", held),
            new NpgsqlParameter<bool?>("cancelled", cancelled),
            new NpgsqlParameter<string?>("reason", filter.Reason),
            new NpgsqlParameter<string?>("task", filter.TaskId),
            new NpgsqlParameter<string?>("visit_id", filter.VisitId),
            new NpgsqlParameter<DateOnly?>("date", filter.Date),
            new NpgsqlParameter<string?>("after_visit", after?.VisitId),
            new NpgsqlParameter<string?>("after_task", after?.Task),
            new NpgsqlParameter<int>("rows", filter.Rows + 1),
        ];
    }

    /// <summary>Filters; all given ones must hold.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "state")] string? State,
        [property: FromQuery(Name = "reason")] string? Reason,
        [property: FromQuery(Name = "task_id")] string? TaskId,
        [property: FromQuery(Name = "visit_id")] string? VisitId,
        [property: FromQuery(Name = "date")] DateOnly? Date,
        [property: FromQuery(Name = "after")] string? After,
        [property: FromQuery(Name = "limit"), Range(1, Paging.MaxLimit)] int? Limit)
    {
        internal int Rows => Limit ?? Paging.DefaultLimit;
    }

    private sealed record Key(string VisitId, string Task);
}
