using Alur.Antrean.Bpjs;
using Alur.Platform.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Antrean.Tests.Bpjs;

public sealed class DeniedAloneTests
{
    private const string Good = "2026/01/20/000001";
    private const string Better = "2026/01/20/000003";
    private const string Bad = "2026/01/20/000002";

    [Theory]
    [InlineData(403, "1 FAILED_BPJS")] // something about this very request
    [InlineData(401, "1 queued")] // about the account, whatever happened before
    public async Task A_request_that_is_forbidden_again_and_again_while_others_pass_fails_alone(int status, string standing)
    {
        using var firewall = new Firewall(body => body.Contains(Bad, StringComparison.Ordinal) ? status : null);
        await using var hospital = await WithBad(firewall);
        await hospital.Deliver();
        Assert.True(await IsPaused(hospital)); // once, at once: it may be the account

        await Resume(hospital);
        await hospital.Deliver();
        Assert.True(await IsPaused(hospital)); // nobody else has passed meanwhile
        Assert.Equal("1 queued", await hospital.Standing(Bad));

        await OthersPass(hospital, Good);
        await Resume(hospital);
        await hospital.Deliver();
        Assert.True(await IsPaused(hospital)); // others passed once: a firewall forbids bursts, too
        Assert.Equal("1 queued", await hospital.Standing(Bad));

        await OthersPass(hospital, Better);
        await Resume(hospital);
        await hospital.Deliver();
        Assert.Equal(standing, await hospital.Standing(Bad));
        Assert.Equal(status == 401, await IsPaused(hospital));
        if (status == 403)
            Assert.StartsWith("403: denied_alone: http #", (await hospital.Column("select fingerprint from delivery.jobs where key = $1", Bad)).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_requeue_the_rounds_begin_anew()
    {
        using var firewall = new Firewall(body => body.Contains(Bad, StringComparison.Ordinal) ? 403 : null);
        await using var hospital = await WithBad(firewall);
        foreach (var other in (string[])[Good, Better])
        {
            await hospital.Deliver();
            await OthersPass(hospital, other);
            await Resume(hospital);
        }

        await hospital.Deliver();
        Assert.Equal("1 FAILED_BPJS", await hospital.Standing(Bad));
        await hospital.Services.GetRequiredService<DeliveryQueue>().Requeue(new RequeueFilter(Channel: hospital.Site.Channel), "test", TestContext.Current.CancellationToken);
        await hospital.Deliver();

        Assert.Equal("1 queued", await hospital.Standing(Bad));
        Assert.True(await IsPaused(hospital));
    }

    [Fact]
    public async Task Where_it_cannot_be_looked_up_an_answered_refusal_is_no_outage()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Timeout=2");

        Assert.False(await new DeniedAlone(nowhere).Was(new DeliveryJob(1, "bpjs:default", Bad, 10, "{}", 1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_call_that_was_under_way_when_the_account_was_forbidden_is_no_sign_that_others_pass()
    {
        using var firewall = new Firewall(body => body.Contains(Bad, StringComparison.Ordinal) ? 403 : null);
        await using var hospital = await WithBad(firewall);
        await hospital.Deliver();
        await OthersPass(hospital, Good);
        // It had begun before the other was forbidden and was answered after.
        await hospital.Owner("""
            update delivery.attempts a set started_at = d.started_at - interval '1 second'
            from delivery.attempts d where d.outcome = 'NOT_YET' and a.outcome = 'DELIVERED'
            """);

        await Resume(hospital);
        await hospital.Deliver();

        Assert.Equal("1 queued", await hospital.Standing(Bad));
        Assert.True(await IsPaused(hospital));
    }

    /// <summary>A hospital behind the firewall, where the bad visit's registration is queued.</summary>
    private static async Task<TestHospital> WithBad(Firewall firewall)
    {
        var hospital = await TestHospital.Open(new() { ["Bpjs:BaseUrl"] = firewall.Url, ["Bpjs:MaxConcurrent"] = "1" });
        firewall.Next = hospital.Bpjs.Url;
        await hospital.Register(Bad);
        await hospital.Poll();
        await hospital.Build();
        return hospital;
    }

    private static async Task OthersPass(TestHospital hospital, string visit)
    {
        await hospital.Execute("update delivery.lanes set due_at = now() + interval '1 hour'");
        await Resume(hospital, everybody: false);
        await hospital.Register(visit);
        await hospital.Poll();
        await hospital.Build();
        await hospital.Deliver();
        Assert.Equal("1 SENT_BPJS", await hospital.Standing(visit));
    }

    private static async Task Resume(TestHospital hospital, bool everybody = true)
    {
        await hospital.Services.GetRequiredService<DeliveryQueue>().Resume(hospital.Site.Channel, CancellationToken.None);
        if (everybody)
            await hospital.MakeDue();
    }

    private static Task<bool> IsPaused(TestHospital hospital) =>
        hospital.Scalar<bool>("select coalesce(paused_until > now(), false) from delivery.channels where name = $1", hospital.Site.Channel);
}
