using System.Net.Http.Json;
using Alur.Platform.Identity;
using Alur.Testing;

namespace Alur.Browser.Tests;

/// <summary>A server with some of everything that pages show.</summary>
public sealed class FilledApp : IAsyncLifetime
{
    private const string UndatedSql = """
        insert into antrean.undated_visits (site_id, visit_id, poli, dokter) select id, '2026/00/00/000009', 'Poli Anak', 'dr. Contoh' from antrean.sites where code = @site
        """;

    // The clinic of today's visit is mapped to a code that BPJS has not, and so is a doctor whom nobody visits.
    private const string ListsSql = """
        insert into antrean.reference_lists (site_id, path, kind, rows, fetched_at, fetched_on, asked_at)
        select s.id, l.path, l.kind, l.rows::jsonb, now(), current_date, now()
        from antrean.sites s, (values
            ('khanza/clinics', 'KHANZA_CLINICS', '[{"poli_id": "101", "name": "Poli Anak", "kodepoli": "ANX", "bpjs_name": "Anak"}]'),
            ('khanza/doctors', 'KHANZA_DOCTORS', '[{"dokter_id": "D999", "name": "dr. Contoh", "kodedokter": "999", "bpjs_name": "dr. Contoh"}]'),
            ('ref/poli', 'CLINICS', '[{"code": "ANA", "name": "ANAK", "parent": "ANA", "parent_name": "ANAK"}]'),
            ('ref/dokter', 'DOCTORS', '[{"code": "111", "name": "dr. Lain"}]')) l (path, kind, rows)
        where s.code = @site
        """;

    // One that is well, and one that refuses and stands still.
    private const string WebhooksSql = """
        insert into platform.webhook_endpoints (id, url, description, event_types, secret, created_by, last_success_at) values
            ('0199d1c2-0000-7000-8000-000000000001', 'https://kasir.example/hook', 'Kasir', '{antrean.TASK_SENT}', '\x00', 'test', now());
        insert into platform.webhook_endpoints (id, url, event_types, secret, created_by, last_failure_at, last_failure, failing_since, is_active, off_because, old_secret, old_until) values
            ('0199d1c2-0000-7000-8000-000000000002', 'https://' || repeat('panjang', 8) || '.example/hook', '{antrean.*,clinic.PAID}', '\x00', 'test', now(), 'The receiver refused with HTTP 400.', now() - interval '6 days', false,
             'Nothing was taken for five days.', '\x00', now() + interval '1 day');
        insert into delivery.channels (name) values ('hook:0199d1c2-0000-7000-8000-000000000002');
        insert into delivery.lanes (channel, key, state, head_step, due_at) values ('hook:0199d1c2-0000-7000-8000-000000000002', 'visit:1', 'PARKED', 1, now());
        insert into delivery.jobs (channel, key, step, payload, state, attempts, claims, fingerprint, finished_at, correlation_id) values
            ('hook:0199d1c2-0000-7000-8000-000000000002', 'visit:1', 1, '{"type": "antrean.TASK_SENT"}', 'FAILED', 2, 2, 'x', now(), gen_random_uuid());
        insert into delivery.attempts (job_id, lease_token, attempt, outcome, counted, fenced_off, http_code, message, response, duration_ms, started_at)
        select j.id, gen_random_uuid(), n, 'RETRY_LATER', true, false, case n when 1 then 400 end, case n when 2 then 'The receiver did not answer within 10 s.' end,
               case n when 1 then '{"error": "no such patient"}'::jsonb end, 41, now()
        from delivery.jobs j, generate_series(1, 2) n where j.channel like 'hook:%';
        """;

    private AlurApp? _app;
    private string _email = "";
    private Hospital? _hospital;

    /// <summary>A visit that is there.</summary>
    public const string Visit = "2026/01/20/000001";

    /// <summary>A visit of today.</summary>
    public const string Today = "2026/11/21/000004";

    public AlurApp App => _app!;

    public Hospital Hospital => _hospital!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        _app = await PagesApp.Start();
        _email = await _app.NewUser(Policies.Client, "front-office");
        var hospital = _hospital = await new Hospital(_app).Open();
        await hospital.Visit(Visit);
        await hospital.Sent(Visit, "1", Hospital.Morning);
        await hospital.Held(Visit, "3", "TIME_NOT_LATER");
        await hospital.Visit("2026/01/20/000002", blocked: ["CLINIC_UNMAPPED"]);
        await hospital.Held("2026/01/20/000002", "1", "CLINIC_UNMAPPED");
        await hospital.Visit("2026/01/20/000003");
        await hospital.FailedInQueue("2026/01/20/000003", "1", "Poli tidak ditemukan", "poli-tidak-ditemukan");
        await hospital.Visit(Today, DateTimeOffset.UtcNow, blocked: ["NO_SCHEDULE"]);
        await hospital.Held(Today, "1", "NO_SCHEDULE", DateTimeOffset.UtcNow);
        await hospital.Execute(UndatedSql, []);
        await hospital.Execute(ListsSql, []);
        await _app.Database.Execute(WebhooksSql);
        await _app.Database.Execute("""
            insert into journal.consumers (name, state, failed_position, error) values ('filled.failed', 'FAILED', 7, 'InvalidOperationException: no such clinic'), ('filled.paused', 'PAUSED', null, null);
            insert into journal.consumers (name, waits_since, waits_for) values ('filled.waiting', now(), 'Kafka at kafka:9092 does not take anything at the moment: Connection refused.');
            insert into platform.breakers (name, state, opened_at, retry_at, last_error) values ('filled:open', 'OPEN', now(), now() + interval '1 hour', 'no route to host');
            insert into platform.leases (name, holder, epoch, until) values ('filled.duty', 'server-1:4711:abc', 1, now() + interval '1 hour');
            """);
    }

    /// <summary>Tells everybody something, so that whoever has just come has something to read.</summary>
    public async Task Announce()
    {
        using var admin = _app!.AsAdmin();
        foreach (var priority in (string[])["critical", "high", "medium", "low"])
        {
            var broadcast = new { type = "system_announcement", title = $"Server dimulai ulang malam ini ({priority})", message = "Pukul 22.00, sekitar satu menit.\nTidak ada yang hilang.", to = "everybody", priority };
            (await admin.PostAsJsonAsync("/api/admin/broadcasts", broadcast)).EnsureSuccessStatusCode();
        }
    }

    /// <summary>An address with something that is there for every value in it; null: it needs what only a test of its own can make.</summary>
    public string? Filled(string address) => address.StartsWith("/setup/", StringComparison.Ordinal)
        ? null
        : address.Replace("{visit_id}", Uri.EscapeDataString(Visit), StringComparison.Ordinal).Replace("{email}", Uri.EscapeDataString(_email), StringComparison.Ordinal)
            .Replace("{id}", "0199d1c2-0000-7000-8000-000000000002", StringComparison.Ordinal);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}
