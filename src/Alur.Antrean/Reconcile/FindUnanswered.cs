using System.Diagnostics;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Antrean.Reconcile;

/// <summary>
/// A call that got no answer may have been processed. Usually the next try learns it (208). But when the job is taken back before that, because the visit
/// was cancelled or the moment emptied, nobody would ever know; so BPJS is asked for such tasks, until it answered an hour after they were taken back.
/// What it holds counts as sent, with the moment that it holds.
/// </summary>
internal sealed class FindUnanswered(NpgsqlDataSource db, TimeProvider clock, ILogger<FindUnanswered> log)
{
    private const string Unanswered = """
        select t.visit_id, t.task, c.bpjs_taskid, j.payload -> 'body' ->> 'kodebooking', (j.payload ->> 'waktu')::timestamptz, v.service_date
        from antrean.visits v
        join antrean.tasks t on t.site_id = v.site_id and t.visit_id = v.visit_id and t.status = 'DRAFT' and t.queued_at is null
        join antrean.task_catalogue c on c.code = t.task and c.endpoint in ('antrean/add', 'antrean/updatewaktu')
        join delivery.jobs j on j.channel = $2 and j.key = t.visit_id and j.step = c.step and j.state = 'CANCELLED'
        join antrean.sites s on s.id = v.site_id and j.finished_at > coalesce(s.last_look_at, '-infinity') - interval '1 hour'
        where v.site_id = $1 and v.service_date >= $3 and (j.unanswered or j.acknowledged)
        order by t.visit_id, c.step
        """;

    private const string MarkFound = $"""
        with found as (
            update antrean.tasks t
            set status = 'SENT_BPJS', sent_at = now(), already_there = true, waktu = $4, held_reason = null, cancelled_reason = null
            where t.site_id = $1 and t.visit_id = $2 and t.task = $3 and t.status = 'DRAFT' and t.queued_at is null
            returning t.site_id, t.visit_id, t.task, t.waktu
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_SENT', waktu, 'found at BPJS after a call without an answer', null, 'system' from found
        ){TaskEntries.Append}
        select count(*) from found
        """;

    private const string NoteLook = "update antrean.sites set last_look_at = now() - $2 where id = $1";

    private sealed record Call(string VisitId, string Task, int? TaskId, string Kodebooking, DateTimeOffset Waktu, DateOnly Day);

    /// <summary>Asks for every such task of the site.</summary>
    /// <returns>How many BPJS holds; a failure of BPJS is an exception.</returns>
    public async Task<int> Run(Site site, BpjsClient client, CancellationToken ct)
    {
        var (began, found) = (Stopwatch.GetTimestamp(), 0);
        var (days, refused) = (new Dictionary<DateOnly, HashSet<string>>(), new List<string>());
        foreach (var call in await Calls(site, ct))
        {
            var moment = call.TaskId is { } taskId ? await Told(client, call, taskId, refused, ct)
                : await IsRegistered(client, call, days, ct) ? call.Waktu
                : (DateTimeOffset?)null;
            if (moment is not null && await Mark(site, call, moment.Value, ct))
            {
                found++;
                log.FoundUnanswered(call.VisitId, call.Task);
            }
        }

        await Note(site, Stopwatch.GetElapsedTime(began), ct);
        return refused.Count == 0 ? found : throw new BpjsUnreadableException(refused[0]);
    }

    private static async Task<DateTimeOffset?> Told(BpjsClient client, Call call, int taskId, List<string> refused, CancellationToken ct)
    {
        var list = await ListedTasks.Ask(client, call.Kodebooking, ct);
        if (list.Meaning == AnswerMeaning.BookingUnknown)
            return null;
        if (!list.IsList)
        {
            var why = $"BPJS did not list the tasks of {call.VisitId}: {list.Meaning} ({list.Reply.HttpCode}, {list.Reply.Code}).";
            // What BPJS refuses of one visit says nothing of the others; anything else would be the same for all of them.
            if (BpjsAnswers.ActionFor(list.Meaning) != AnswerAction.Reject)
                throw new BpjsUnreadableException(why);
            refused.Add(why);
            return null;
        }

        var listed = list.Find(taskId);
        return listed is null ? null : listed.OtherThan(call.Waktu) ?? call.Waktu;
    }

    private static async Task<bool> IsRegistered(BpjsClient client, Call call, Dictionary<DateOnly, HashSet<string>> days, CancellationToken ct)
    {
        if (days.TryGetValue(call.Day, out var known))
            return known.Contains(call.Kodebooking);
        var reply = await client.PendaftaranTanggal(call.Day, ct);
        var meaning = BpjsAnswers.Classify(BpjsCall.List, reply);
        if (BpjsAnswers.ActionFor(meaning) != AnswerAction.Success)
            throw new BpjsUnreadableException($"BPJS did not list the registrations of {call.Day:yyyy-MM-dd}: {meaning} ({reply.HttpCode}, {reply.Code}).");
        days[call.Day] = BpjsLists.Bookings(reply.Response).Select(b => b.Kodebooking).ToHashSet(StringComparer.Ordinal);
        return days[call.Day].Contains(call.Kodebooking);
    }

    private async Task<List<Call>> Calls(Site site, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Unanswered);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = site.Channel });
        command.Parameters.Add(new() { Value = site.Today(clock).AddDays(-site.Options.LookBackDays) });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var calls = new List<Call>();
        while (await reader.ReadAsync(ct))
        {
            calls.Add(new(reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2, ct) ? null : reader.GetInt32(2), reader.GetString(3),
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateOnly>(5)));
        }

        return calls;
    }

    private async Task Note(Site site, TimeSpan ago, CancellationToken ct)
    {
        await using var command = db.CreateCommand(NoteLook);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = ago });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<bool> Mark(Site site, Call call, DateTimeOffset moment, CancellationToken ct)
    {
        await using var command = db.CreateCommand(MarkFound);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = call.VisitId });
        command.Parameters.Add(new() { Value = call.Task });
        command.Parameters.Add(new() { Value = moment });
        return await command.ExecuteScalarAsync(ct) is > 0L;
    }
}
