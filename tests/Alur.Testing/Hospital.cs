using System.Text.Json.Nodes;
using Alur.Platform.Journal;
using Npgsql;

namespace Alur.Testing;

/// <summary>Puts visits and tasks into the tables as polling and delivery leave them there.</summary>
public sealed class Hospital(AlurApp app, string site = "default")
{
    private const string SiteSql = """
        insert into antrean.sites (code, name, zone) values (@site, @site, 'Asia/Jakarta') on conflict (code) do nothing
        """;

    private const string VisitSql = """
        insert into antrean.visits (site_id, visit_id, kind, kodebooking, event_time, service_date, poli_id, dokter_id, new_patient, payload, blocked_reasons, source_hash)
        select id, @visit, 'NON_JKN', @visit, @at, (@at at time zone zone)::date, @poli, @dokter, false, @payload::jsonb, @blocked, '\x01'
        from antrean.sites where code = @site
        """;

    private const string TaskSql = $"""
        with task as (
            insert into antrean.tasks (site_id, visit_id, task, status, waktu, waktu_khanza, source, first_seen_at, held_reason, cancelled_reason,
                                       sent_at, failed_reason, already_there, queued_at)
            select id, @visit, @task, @status, @waktu, coalesce(@khanza, @waktu), 'test', @waktu, @held, @cancelled, @sent, @failed, @there, @queued
            from antrean.sites where code = @site
            returning *
        ), entering as materialized (
            select journal.new_id() as id, 'antrean.visit:' || site_id || '/' || visit_id as stream_id, task as nth, 'antrean.TASK_OBSERVED' as type, 1 as schema_version,
                   jsonb_build_object('task', task, 'waktu', to_char(waktu at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) as metadata, 'antrean' as performed_by, 'SYSTEM' as actor_kind
            from task
        ){AppendSet.Sql} select 1
        """;

    private const string FailedJobSql = """
        with channel as (
            insert into delivery.channels (name) values ('bpjs:' || @site) on conflict (name) do update set name = excluded.name returning name
        ), lane as (
            insert into delivery.lanes (channel, key, state, head_step, due_at)
            select name, @visit, 'PARKED', c.step, now() from channel, antrean.task_catalogue c where c.code = @task
            returning channel, key, head_step
        ), job as (
            insert into delivery.jobs (channel, key, step, payload, state, claims, attempts, last_code, last_error, fingerprint, finished_at)
            select channel, key, head_step, '{}', 'FAILED', 0, 5, '201', @error, @fingerprint, now() from lane
            returning id
        )
        insert into delivery.attempts (job_id, lease_token, attempt, outcome, counted, fenced_off, http_code, code, message, request, response, duration_ms, started_at)
        select j.id, gen_random_uuid(), n, 'RETRY_LATER', true, false, case when n > 1 then 200 end, '201', @error, '{"taskid":3}', '"bad"', 12, now()
        from job j, generate_series(1, 5) n
        """;

    public static readonly DateTimeOffset Morning = new(2026, 1, 20, 8, 0, 0, TimeSpan.Zero);

    public async Task<Hospital> Open()
    {
        await Execute(SiteSql, []);
        return this;
    }

    public Task Visit(
        string visit, DateTimeOffset? at = null, string poli = "101", string dokter = "D001", string[]? blocked = null, JsonObject? payload = null) =>
        Execute(VisitSql, [
            new("visit", visit), new("at", at ?? Morning), new("poli", poli), new("dokter", dokter),
            new("payload", (payload ?? []).ToJsonString()), new("blocked", blocked ?? []),
        ]);

    public Task Draft(string visit, string task, DateTimeOffset? waktu = null, bool queued = false) =>
        Task(visit, task, "DRAFT", waktu, queued: queued);

    public Task Held(string visit, string task, string reason, DateTimeOffset? waktu = null) => Task(visit, task, "DRAFT", waktu, held: reason);

    public Task Cancelled(string visit, string task, string reason) => Task(visit, task, "DRAFT", waktu: null, cancelled: reason);

    public Task Sent(string visit, string task, DateTimeOffset at, bool alreadyThere = false, DateTimeOffset? khanzaSays = null) =>
        Task(visit, task, "SENT_BPJS", waktu: null, sent: at, there: alreadyThere, khanza: khanzaSays);

    public Task Failed(string visit, string task, string reason) => Task(visit, task, "FAILED_BPJS", waktu: null, failed: reason);

    /// <summary>A task whose queue row used up its attempts, with a log row for each.</summary>
    public async Task FailedInQueue(string visit, string task, string error, string fingerprint)
    {
        await Failed(visit, task, error);
        await Execute(FailedJobSql, [new("visit", visit), new("task", task), new("error", error), new("fingerprint", fingerprint)]);
    }

    private Task Task(
        string visit, string task, string status, DateTimeOffset? waktu, string? held = null, string? cancelled = null,
        DateTimeOffset? sent = null, string? failed = null, bool there = false, bool queued = false, DateTimeOffset? khanza = null) =>
        Execute(TaskSql, [
            new("visit", visit), new("task", task), new("status", status), new("waktu", waktu ?? Morning),
            new NpgsqlParameter<DateTimeOffset?>("khanza", khanza), new NpgsqlParameter<string?>("held", held),
            new NpgsqlParameter<string?>("cancelled", cancelled), new NpgsqlParameter<DateTimeOffset?>("sent", sent),
            new NpgsqlParameter<string?>("failed", failed), new("there", there),
            new NpgsqlParameter<DateTimeOffset?>("queued", queued ? Morning : null),
        ]);

    public async Task Execute(string sql, NpgsqlParameter[] parameters)
    {
        await using var command = app.Database.App.CreateCommand(sql);
        command.Parameters.AddWithValue("site", site);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync();
    }
}
