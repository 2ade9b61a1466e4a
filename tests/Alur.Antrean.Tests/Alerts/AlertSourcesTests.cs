using Alur.Antrean.Alerts;
using Alur.Antrean.Sites;
using Alur.Antrean.Tests.Tasks;
using Alur.Platform.Alerts;
using Alur.Platform.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Alerts;

public sealed class AlertSourcesTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    public async Task Khanza_that_was_not_read_for_ten_minutes_is_told_with_the_reason()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Poll();
        Assert.Empty(await PollTrouble(hospital));

        await hospital.Execute("update antrean.sites set last_poll_at = now() - interval '11 minutes', last_poll_error = 'no route to host'");
        var alert = Assert.Single(await PollTrouble(hospital));
        Assert.Equal("antrean.poll:default", alert.Name);
        Assert.StartsWith("Khanza (default) was not read for 11 minutes: no route to host.", alert.English, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public async Task A_server_that_has_just_started_says_neither_that_Khanza_is_away_nor_that_it_is_back(int minutes, bool looks)
    {
        await using var hospital = await TestHospital.Open();
        Assert.Equal(looks, new PollTrouble(hospital.Db, hospital.Services.GetRequiredService<SiteDirectory>()) { Uptime = () => TimeSpan.FromMinutes(minutes) }.Looks);
    }

    [Fact]
    public async Task Khanza_that_is_not_configured_is_nobodys_alarm()
    {
        await using var hospital = await TestHospital.Open(new() { ["Khanza:Host"] = null });
        Assert.Empty(await PollTrouble(hospital));
    }

    [Fact]
    public async Task A_full_disk_stops_the_reading_and_says_so()
    {
        await using var hospital = await TestHospital.Open();
        var disk = hospital.Services.GetRequiredService<DiskGuard>();
        disk.Watch("/");
        disk.FreeBytes = _ => 100 << 20;
        await hospital.Register(Visit);
        await Assert.ThrowsAsync<DiskFullException>(hospital.Poll);
        Assert.Equal(0L, await hospital.Scalar<long>("select count(*) from antrean.visits"));
        Assert.StartsWith("Only 100 MiB of disk", await hospital.Scalar<string>("select last_poll_error from antrean.sites"), StringComparison.Ordinal);

        disk.FreeBytes = _ => 1L << 40;
        await hospital.Poll();
        Assert.Equal(1L, await hospital.Scalar<long>("select count(*) from antrean.visits"));
    }

    [Fact]
    [Trait("Failure", "5.15")]
    public async Task Tasks_that_BPJS_had_before_our_first_call_reveal_a_second_sender()
    {
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(_ => new Delivered(AlreadyThere: true), code: "208"));
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Settle();
        var alert = Assert.Single(await SecondSender(hospital));
        Assert.Contains("BPJS had 4 of today's tasks before we sent them", alert.English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_208_after_an_answer_of_ours_was_lost_reveals_nobody()
    {
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(
            job => job.Attempt == 1 ? new RetryLater("no answer", IsOutage: false) : new Delivered(AlreadyThere: true), code: "208"));
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        for (var i = 0; i < 8; i++)
        {
            await hospital.MakeDue();
            await hospital.Settle();
        }

        Assert.Equal(4L, await hospital.Scalar<long>("select count(*) from antrean.tasks where already_there"));
        Assert.Empty(await SecondSender(hospital));
    }

    private static Task<IReadOnlyList<AlertCondition>> PollTrouble(TestHospital hospital) =>
        new PollTrouble(hospital.Db, hospital.Services.GetRequiredService<SiteDirectory>()).Find(CancellationToken.None);

    private static Task<IReadOnlyList<AlertCondition>> SecondSender(TestHospital hospital) =>
        new SecondSender(hospital.Db, hospital.Services.GetRequiredService<SiteDirectory>(), hospital.Clock).Find(CancellationToken.None);
}
