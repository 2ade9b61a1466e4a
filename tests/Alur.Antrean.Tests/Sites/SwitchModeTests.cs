using System.Net;
using System.Net.Http.Json;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Antrean.Tests.Bpjs;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Antrean.Tests.Sites;

/// <summary>A person lets a hospital send, or observe again, while servers run.</summary>
public sealed class SwitchModeTests
{
    private const string Visit = "2026/01/20/001234";
    private const string Address = "/api/antrean/sites/default/mode";
    private const string Start = "2026-01-01T00:00:00+07:00";

    private const string Audited = """
        select string_agg(format('%s %s %s > %s %s by %s', action, old_values ->> 'mode', old_values ->> 'send_from', new_values ->> 'mode', new_values ->> 'withdrawn', performed_by), '; ' order by timestamp)
        from audit.audit_logs where resource = 'site_modes' and resource_id = 'default'
        """;

    [Fact]
    public async Task Switched_to_observing_nothing_queued_goes_out_and_switched_back_all_of_it_does()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();
        await Queue(hospital);

        var observing = await app.Post(Address, new { mode = "observe" });

        Assert.Equal((true, 1, "observe"), ((bool)observing["changed"]!, (int)observing["withdrawn"]!, (string?)observing["now"]!["mode"]));
        Assert.Equal("1 held OBSERVE_MODE", (await hospital.Standing(Visit))[..19]);
        await Carry(hospital, app);
        Assert.Empty(hospital.Bpjs.Ledger.Calls);

        var sending = await app.Post(Address, new { mode = "send", send_from = Start });

        Assert.Equal(("send", hospital.Clock.Now), ((string?)sending["now"]!["mode"], (DateTimeOffset)sending["now"]!["check_before"]!));
        await Carry(hospital, app);
        await Carry(hospital, app);
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing(Visit));
        Assert.StartsWith("antrean/pendaftaran/tanggal", hospital.Bpjs.Ledger.Calls[0].Endpoint, StringComparison.Ordinal); // others may have told it meanwhile
        Assert.All(hospital.Bpjs.Ledger.Calls, call => Assert.False(call.Duplicate));
    }

    [Fact]
    public async Task Once_the_switch_is_committed_no_node_makes_a_call_that_it_had_not_begun_and_nothing_is_lost()
    {
        const int visits = 12, inFlight = 8;
        using var way = new HeldCalls();
        await using var hospital = await TestHospital.Open(new() { ["Bpjs:BaseUrl"] = way.Url, ["Bpjs:MaxConcurrent"] = "8" });
        way.Next = hospital.Bpjs.Url;
        for (var i = 1; i <= visits; i++)
            await hospital.FullVisit($"2026/01/20/{i:000000}");
        await hospital.Poll();
        await hospital.Build();
        await hospital.Deliver();
        await hospital.Build();
        Assert.Equal(["36"], await hospital.Column("select count(*) from delivery.jobs where state = 'PENDING'"));
        await using var one = await hospital.Serve([new("Delivery:Concurrency", "4")]);
        await using var other = await hospital.Serve([new("Delivery:Concurrency", "4")]);
        way.Hold();
        Task<PumpResult>[] rounds = [.. new[] { one, other }.Select(node => node.Services.GetRequiredService<DeliveryPump>().RunOnce())];
        await Eventually.True(() => way.Made == inFlight);

        var switched = await one.Post(Address, new { mode = "observe" }); // each of the eight holds its visit's three tasks in its hands

        Assert.Equal((visits - inFlight) * 3, (int)switched["withdrawn"]!);
        way.Release();
        await Task.WhenAll(rounds);
        await hospital.MakeDue();
        await Task.WhenAll(new[] { one, other }.Select(node => node.Services.GetRequiredService<DeliveryPump>().RunOnce()));
        Assert.Equal(inFlight, way.Made);
        Assert.Equal(["PENDING 0 0 16"], await hospital.Column("select state, max(attempts), max(claims), count(*) from delivery.jobs where state not in ('SENT', 'CANCELLED') group by 1"));
        await hospital.Build();
        Assert.Equal(["28"], await hospital.Column("select count(*) from antrean.tasks where held_reason = 'OBSERVE_MODE'"));

        await other.Post(Address, new { mode = "send", send_from = Start });
        for (var i = 0; i < 4; i++)
            await Carry(hospital, one);
        Assert.Equal((visits * 4, visits * 4), ((await hospital.Count()).Observed, (await hospital.Count()).Sent));
        Assert.All(hospital.Bpjs.Ledger.Calls, call => Assert.False(call.Duplicate));
    }

    [Fact]
    public async Task What_breaks_off_halfway_leaves_everything_as_it_was()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();
        await Queue(hospital);
        await hospital.Owner("""
            create function audit.break_off() returns trigger language plpgsql as $f$ begin raise exception 'killed'; end $f$;
            create trigger break_off before insert on audit.audit_logs for each row when (new.resource = 'site_modes') execute function audit.break_off();
            """);

        Assert.Equal(HttpStatusCode.InternalServerError, (await Try(app, new { mode = "observe" })).StatusCode);

        Assert.Equal("send", (await hospital.Mode()).Mode);
        Assert.Null((await hospital.Mode()).Switched);
        Assert.StartsWith("1 queued", await hospital.Standing(Visit), StringComparison.Ordinal);
        Assert.Equal(["PENDING"], await hospital.Column("select state from delivery.jobs"));
    }

    [Fact]
    public async Task To_switch_to_what_it_is_already_changes_nothing_and_another_start_changes_the_start()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();
        await Queue(hospital);

        Assert.False((bool)(await app.Post(Address, new { mode = "send" }))["changed"]!);
        Assert.Equal("", await hospital.Audit(Audited));
        var later = await app.Post(Address, new { mode = "send", send_from = "2026-01-20T08:00" }); // the hospital's own time

        Assert.Equal(("2026-01-20T01:00:00Z", 1), ((string?)later["now"]!["send_from"], (int)later["withdrawn"]!));
        Assert.StartsWith("1 held OUTSIDE_SEND_FROM", await hospital.Standing(Visit), StringComparison.Ordinal);
        Assert.Null((await hospital.Mode()).CheckBefore); // it has been sending all the time
    }

    [Fact]
    public async Task Without_a_start_it_sends_what_begins_from_now_on()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe", ["SendFrom"] = null });
        await using var app = await hospital.Serve();

        await app.Post(Address, new { mode = "send" });

        Assert.Equal((hospital.Clock.Now, hospital.Clock.Now), ((await hospital.Mode()).SendFrom!.Value, (await hospital.Mode()).CheckBefore!.Value));
        Assert.Equal("observe", (await hospital.Mode()).Switched!.ConfiguredMode);
    }

    [Fact]
    public async Task Who_switched_is_in_the_audit_and_in_the_list_of_sites()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();

        await app.Post(Address, new { mode = "observe" });

        Assert.Matches("^UPDATE send 2025-12-31T17:00:00.* > observe 0 by api-key:test-", await hospital.Audit(Audited));
        var site = Assert.Single(await app.Walk("/api/antrean/sites"));
        Assert.Equal(("observe", "observe", "send", true), ((string?)site["mode"], (string?)site["switched"]!["mode"], (string?)site["switched"]!["configured_mode"], (bool)site["switched"]!["differs"]!));
    }

    [Fact]
    public async Task The_other_nodes_notice_it_say_so_and_build_at_once()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();
        var follow = ActivatorUtilities.CreateInstance<FollowModes>(hospital.Services);
        Assert.Empty(await follow.Look(TestContext.Current.CancellationToken));
        var build = hospital.Services.GetRequiredService<BuildHints>().Next(TestHospital.Code);

        await app.Post(Address, new { mode = "observe" });

        Assert.Equal("default", Assert.Single(await follow.Look(TestContext.Current.CancellationToken)).Site);
        await build.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Contains(hospital.Log.Lines, line => line.StartsWith("Site default observes, nothing is sent from now on. Switched by api-key:test-", StringComparison.Ordinal));
        Assert.Empty(await follow.Look(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_poll_that_comes_in_between_waits_with_nothing_in_its_hands_that_the_switch_needs()
    {
        await using var hospital = await TestHospital.Open();
        await Queue(hospital);
        await hospital.Khanza.Execute("update reg_periksa set stts = 'Batal'");
        await using var connection = await hospital.Db.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await Locks(tx, MirrorSite.Lock, ("code", TestHospital.Code));

        var poll = hospital.Poll();
        await Eventually.True(async () => await hospital.Scalar<bool>("select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"));

        await Locks(tx, "select 1 from delivery.lanes where channel = @channel for update nowait", ("channel", "bpjs:default"));
        await Locks(tx, "select 1 from antrean.tasks where visit_id = @visit for update nowait", ("visit", Visit));
        await tx.RollbackAsync();
        await poll;
        Assert.StartsWith("1 cancelled", await hospital.Standing(Visit), StringComparison.Ordinal);
    }

    private static async Task Locks(NpgsqlTransaction tx, string sql, (string, object?) of) => Assert.NotEmpty(await tx.Statement(sql, of).Rows(_ => true, default));

    private static async Task Queue(TestHospital hospital)
    {
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Build();
        Assert.StartsWith("1 queued", await hospital.Standing(Visit), StringComparison.Ordinal);
    }

    // Two nodes: one builds, both carry.
    private static async Task Carry(TestHospital hospital, AlurApp other)
    {
        await hospital.Build();
        await hospital.MakeDue();
        await other.Services.GetRequiredService<DeliveryPump>().RunOnce();
        await hospital.Deliver();
    }

    private static Task<HttpResponseMessage> Try(AlurApp app, object body) => app.AsApiCaller().PostAsJsonAsync(Address, body);
}
