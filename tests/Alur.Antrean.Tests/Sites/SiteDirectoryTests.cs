using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Sites;

public sealed class SiteDirectoryTests
{
    private const string Channel = "select max_concurrent, max_per_second, breaker, coalesce(paused_reason, '-') from delivery.channels where name = 'bpjs:default'";

    [Fact]
    public async Task A_configured_site_has_its_row_its_channel_with_limits_and_a_breaker()
    {
        await using var hospital = await TestHospital.Open(new() { ["Name"] = "RS Karangan", ["Bpjs:MaxPerSecond"] = "7" });

        Assert.Equal(
            ["default RS Karangan Asia/Jakarta send khanza desktop 2025-12-31 17:00:00"],
            await hospital.Column("select code, name, zone, mode, profile, onsite_jkn, (send_from at time zone 'UTC')::text from antrean.sites"));
        Assert.Equal(["4 7 bpjs:default -"], await hospital.Column(Channel));
    }

    [Fact]
    public async Task Missing_settings_stop_nothing_and_are_named()
    {
        await using var hospital = await TestHospital.Open(new() { ["Bpjs:SecretKey"] = null, ["Bpjs:UserKey"] = "", ["Khanza:Host"] = null });

        Assert.Equal(
            ["4 10000 bpjs:default Not configured: Antrean:Sites:default:Bpjs:SecretKey, Antrean:Sites:default:Bpjs:UserKey"], await hospital.Column(Channel));
        Assert.Equal("Not configured: Antrean:Sites:default:Khanza:Host", await hospital.Scalar<string>("select last_poll_error from antrean.sites"));
        Assert.Equal(0, await hospital.Reconcile());
    }

    [Fact]
    public async Task A_channel_paused_for_missing_settings_runs_again_once_they_are_there_but_an_operators_pause_stays()
    {
        await using var hospital = await TestHospital.Open();
        var sites = hospital.Services.GetRequiredService<SiteDirectory>();
        var queue = hospital.Services.GetRequiredService<DeliveryQueue>();
        await queue.Pause("bpjs:default", "Not configured: something");
        await sites.Mirror(CancellationToken.None);
        Assert.Equal(["4 10000 bpjs:default -"], await hospital.Column(Channel));

        await queue.Pause("bpjs:default", "BPJS maintenance");
        await sites.Mirror(CancellationToken.None);
        Assert.Equal(["4 10000 bpjs:default BPJS maintenance"], await hospital.Column(Channel));
    }

    [Fact]
    public async Task Missing_settings_leave_an_operators_pause_its_reason_unless_it_would_end_by_itself()
    {
        await using var hospital = await TestHospital.Open(new() { ["Bpjs:UserKey"] = null });
        var sites = hospital.Services.GetRequiredService<SiteDirectory>();
        var queue = hospital.Services.GetRequiredService<DeliveryQueue>();
        await queue.Pause("bpjs:default", "BPJS maintenance");
        await sites.Mirror(CancellationToken.None);
        Assert.Equal(["4 10000 bpjs:default BPJS maintenance"], await hospital.Column(Channel));

        await queue.Pause("bpjs:default", "lunch", DateTimeOffset.UtcNow.AddHours(1));
        await sites.Mirror(CancellationToken.None);
        Assert.Equal(["4 10000 bpjs:default Not configured: Antrean:Sites:default:Bpjs:UserKey"], await hospital.Column(Channel));
    }
}
