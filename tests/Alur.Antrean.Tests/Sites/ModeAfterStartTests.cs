using Alur.Antrean.Doctor;
using Alur.Antrean.Sites;
using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Alur.Antrean.Tests.Sites;

/// <summary>What a person switched and what the configuration says: who spoke last counts.</summary>
public sealed class ModeAfterStartTests
{
    [Fact]
    public async Task A_restart_leaves_what_a_person_switched()
    {
        await using var hospital = await TestHospital.Open();
        await Switch(hospital.Services, "observe");

        await using var restarted = hospital.AnotherNode([]);
        await Begin(restarted);

        Assert.Equal(("observe", true), ((await hospital.Mode()).Mode, (await hospital.Mode()).Switched!.Differs));
    }

    [Fact]
    public async Task A_configuration_that_was_changed_since_counts_again_and_that_is_audited_and_said()
    {
        await using var hospital = await TestHospital.Open();
        await Switch(hospital.Services, "observe");

        await using var restarted = hospital.AnotherNode(new() { ["SendFrom"] = "2026-01-10T00:00" });
        await Begin(restarted);

        Assert.Equal(("send", null), ((await hospital.Mode()).Mode, (await hospital.Mode()).Switched));
        Assert.Equal("DELETE observe send system", await hospital.Audit("select concat_ws(' ', action, old_values ->> 'mode', new_values ->> 'mode', performed_by) from audit.audit_logs where resource = 'site_modes' order by timestamp desc limit 1"));
        Assert.Contains("Site default: system had switched it to observe, but the configuration was changed since, so the configuration counts again: Mode send", hospital.Log.Lines);
    }

    [Fact]
    public async Task A_copy_of_the_database_does_not_send_because_somebody_switched_the_original()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe" });
        await Switch(hospital.Services, "send");

        await hospital.Execute("update antrean.sites set kept_in = 'another server/1'"); // as a copy says
        await using var copy = hospital.AnotherNode(new() { ["Mode"] = "observe" });
        await Begin(copy);

        Assert.Equal(("observe", null), ((await hospital.Mode()).Mode, (await hospital.Mode()).Switched));
        Assert.Contains("Site default: system had switched it to send, but this database is a copy, so the configuration counts again: Mode observe", hospital.Log.Lines);
    }

    [Fact]
    public async Task A_copy_goes_on_observing_where_somebody_switched_sending_off()
    {
        await using var hospital = await TestHospital.Open();
        await Switch(hospital.Services, "observe");

        await hospital.Execute("update antrean.sites set kept_in = 'another server/1'");
        await Begin(hospital.Services);

        Assert.Equal("observe", (await hospital.Mode()).Mode);
    }

    [Fact]
    public async Task Without_the_profile_that_it_was_switched_on_with_it_observes_and_says_so()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe" });
        await Switch(hospital.Services, "send");

        await using var restarted = hospital.AnotherNode(new() { ["Mode"] = "observe", ["Profile"] = null });
        await Begin(restarted);

        Assert.Equal(("observe", "send"), ((await hospital.Mode()).Mode, (await hospital.Mode()).Switched!.Mode));
        Assert.Contains("Site default has Mode send, but nothing is sent. Not configured: Antrean:Sites:default:Profile", hospital.Log.Lines);
        Assert.EndsWith("the configuration says observe. Profile is not configured, so it observes all the same.", (await Told(restarted))!.Found.English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_says_what_holds_beside_what_is_configured_and_nothing_where_both_agree()
    {
        await using var hospital = await TestHospital.Open();
        Assert.Null(await Told(hospital.Services));

        await Switch(hospital.Services, "observe");
        var told = (await Told(hospital.Services))!;
        Assert.Matches("^Switched to observe by system at 20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}; the configuration says send from 2026-01-01 00:00.$", told.Found.English);
        Assert.StartsWith("Diubah ke observe oleh system pada ", told.Found.Indonesian, StringComparison.Ordinal);

        await using var edited = hospital.AnotherNode(new() { ["SendFrom"] = "2026-01-10T00:00" });
        Assert.EndsWith("says send from 2026-01-10 00:00. The configuration was changed since and holds again from the next start on.", (await Told(edited))!.Found.English, StringComparison.Ordinal);

        await Switch(hospital.Services, "send", "2026-01-01T00:00");
        Assert.Null(await Told(hospital.Services));
    }

    [Fact]
    public async Task The_doctor_says_that_a_changed_configuration_waits_for_a_start()
    {
        await using var hospital = await TestHospital.Open();
        await using var edited = hospital.AnotherNode(new() { ["Mode"] = "observe" });

        Assert.Equal("The server runs with mode send from 2026-01-01 00:00; the configuration says observe, which holds from the next start on.", (await Told(edited))!.Found.English);
    }

    private static async Task<Finding?> Told(IServiceProvider node)
    {
        var found = await node.GetServices<IDoctorCheck>().OfType<CheckModes>().Single().Run(new(Subject: null, node.GetRequiredService<Npgsql.NpgsqlDataSource>()), TestContext.Current.CancellationToken);
        return found.SingleOrDefault();
    }

    private static async Task Switch(IServiceProvider node, string mode, string? from = null)
    {
        var switched = await node.GetRequiredService<SwitchMode>().Run(TestHospital.Code, new(mode, from), AuditOrigin.System, TestContext.Current.CancellationToken);
        Assert.True(switched.Ok && switched.Value.Changed, switched.Error?.Message);
    }

    private static Task Begin(IServiceProvider node) => node.GetServices<IHostedService>().OfType<MirrorSites>().Single().StartAsync(TestContext.Current.CancellationToken);
}
