using System.Diagnostics.Metrics;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;
using Alur.Platform.Leases;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Alur.Antrean.Tests;

public sealed class AntreanWorkerTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Spec", "A-002")]
    [Trait("Spec", "A-100")]
    [Trait("Spec", "A-117")]
    public async Task The_running_server_carries_a_visit_all_the_way_by_itself_and_says_an_outage_once()
    {
        var down = true;
        await using var hospital = await TestHospital.Open(
            with: services => services.PostConfigure<AntreanOptions>(o => o.PollInterval = o.BuildInterval = TimeSpan.FromMilliseconds(200)),
            khanza: real => new WatchedDatabase(real, (_, _) => down ? throw new TimeoutException("Khanza is away") : Task.CompletedTask));
        await hospital.FullVisit(Visit);
        var loops = hospital.Services.GetServices<IHostedService>().Where(s => s is AntreanWorker or DeliveryWorker).ToList();
        Assert.Equal(2, loops.Count);
        foreach (var loop in loops)
            await loop.StartAsync(CancellationToken.None);

        await Eventually.True(async () => await hospital.Scalar<string>("select last_poll_error from antrean.sites") == "Khanza is away");
        down = false;
        await Eventually.True(async () => hospital.Bpjs.Ledger.Tasks.Count == 3 && (await hospital.Count()).Sent == 4);
        foreach (var loop in loops)
            await loop.StopAsync(CancellationToken.None);

        Assert.Null(await hospital.Scalar<string>("select last_poll_error from antrean.sites"));
        Assert.Single(hospital.Log.Lines, l => l.StartsWith("antrean.poll:default failed", StringComparison.Ordinal));
        Assert.Equal(["antrean.build:default", "antrean.poll:default", "antrean.reconcile:default", "antrean.references:default"], await hospital.Column("select name from platform.leases where name like 'antrean.%' order by name"));
    }

    [Fact]
    public async Task A_later_start_takes_queued_jobs_back_before_anything_can_send_them()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        await hospital.Register("2026/01/20/000002", at: "09:00:00");
        await hospital.Poll();
        await hospital.Build();
        Assert.Equal("1 queued, 3 held REGISTER_NOT_SENT, 4 held REGISTER_NOT_SENT, 5 held REGISTER_NOT_SENT", await hospital.Standing(Visit));

        await using var restarted = hospital.AnotherNode(new() { ["SendFrom"] = "2026-01-20T08:00:00" });
        foreach (var started in restarted.GetServices<IHostedService>().TakeWhile(s => s is not DeliveryWorker))
            await started.StartAsync(CancellationToken.None);

        Assert.Equal(["2026/01/20/000002 PENDING", Visit + " CANCELLED"], await hospital.Column("select visit_id, status from antrean.bpjs_antrean_queue order by 1"));
        Assert.StartsWith("1 held OUTSIDE_SEND_FROM", await hospital.Standing(Visit), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_builder_that_judged_by_the_old_start_is_waited_for()
    {
        await using var hospital = await TestHospital.Open();
        await using var builder = await hospital.Db.OpenConnectionAsync();
        await using var building = await builder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand(BuildQueue.HoldSettings, builder, building) { Parameters = { new() { Value = hospital.Site.Id } } })
            await hold.ExecuteNonQueryAsync();

        await using var restarted = hospital.AnotherNode(new() { ["SendFrom"] = "2026-01-20T08:00:00" });
        var mirror = restarted.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
        await Eventually.True(async () => await hospital.Scalar<bool>("select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"));
        Assert.False(mirror.IsCompleted);

        await building.CommitAsync();
        await mirror;
        Assert.Equal(["2026-01-20 01:00:00"], await hospital.Column("select (send_from at time zone 'UTC')::text from antrean.sites"));
    }

    [Fact]
    public async Task A_poller_that_lost_its_lease_writes_nothing()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        var leases = hospital.Services.GetRequiredService<LeaseStore>();
        var lost = (await leases.TryTake("antrean.poll:default", "first", TimeSpan.FromMinutes(1)))!;
        await leases.Release(lost);
        await leases.TryTake("antrean.poll:default", "second", TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            hospital.Services.GetRequiredService<PollKhanza>().RunOnce(TestHospital.Code, lost, CancellationToken.None));

        Assert.Null(await hospital.Event(Visit));
    }

    [Fact]
    [Trait("Spec", "A-126")]
    [Trait("Spec", "A-127")]
    [Trait("Spec", "A-128")]
    [Trait("Spec", "A-130")]
    public async Task Metrics_tell_what_pollers_builder_and_worker_did()
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        await using var hospital = await TestHospital.Open();
        var metrics = hospital.Services.GetRequiredService<AntreanMetrics>();
        using var listener = Listen(metrics, sums);
        await hospital.FullVisit(Visit);
        await hospital.FullVisit("2026/01/20/000001", sent: "08:00:00", received: "08:00:00");

        await hospital.Poll();
        await hospital.Build();
        await hospital.Settle();
        await hospital.Build();
        listener.RecordObservableInstruments();

        Assert.Equal((1, 2, 8), (sums["antrean.polls"], sums["antrean.visits.written"], sums["antrean.tasks.observed"]));
        Assert.Equal(6, sums["antrean.tasks.queued"]);
        Assert.Equal((6, 2, 0, 0, 0), (sums["antrean.tasks sent"], sums["antrean.tasks held"], sums["antrean.tasks failed"], sums["antrean.tasks cancelled"], sums["antrean.tasks pending"]));
        Assert.Equal(0, sums["antrean.visits.incomplete"]);

        // Somebody breaks the invariant behind our back: it shows.
        await hospital.Execute("update antrean.tasks set status = 'DRAFT', sent_at = null where visit_id = $1 and task = '4'", Visit);
        await hospital.Build();
        listener.RecordObservableInstruments();
        Assert.Equal(1, sums["antrean.visits.incomplete"]);
    }

    private static MeterListener Listen(AntreanMetrics metrics, Dictionary<string, double> sums)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter == metrics.Meter) l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
        return listener;

        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = instrument.Name;
            foreach (var tag in tags)
                key = tag.Key == "state" ? $"{key} {tag.Value}" : key;
            sums[key] = instrument.IsObservable ? value : sums.GetValueOrDefault(key) + value;
        }
    }
}
