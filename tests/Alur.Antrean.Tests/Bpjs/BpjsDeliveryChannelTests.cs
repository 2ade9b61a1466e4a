using System.Text.Json.Nodes;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Alur.Simulators.Bpjs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Tests.Bpjs;

/// <summary>What the delivery engine is told, with BPJS's stand-in at the other end.</summary>
public sealed class BpjsDeliveryChannelTests
{
    private const string Code = "2026/11/20/000001";

    [Fact]
    [Trait("Spec", "A-033")]
    [Trait("Spec", "A-034")]
    public async Task An_accepted_task_is_delivered_and_a_duplicate_was_there_already()
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Register(Code);
        var job = BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 0));

        var first = await Deliver(bpjs, job);
        var second = await Deliver(bpjs, job);

        Assert.Equal(new Delivered(), first.Outcome);
        Assert.Equal("200", first.Exchange!.Code);
        Assert.True(Assert.IsType<NotYet>(second.Outcome).Acknowledged); // no call of this job can have told it: BPJS is asked whose moment it holds
        Assert.Equal(("208", "TaskId=3 sudah ada"), (second.Exchange!.Code, second.Exchange.Message));
    }

    [Fact]
    [Trait("Spec", "A-041")]
    public async Task The_attempt_keeps_request_answer_and_http_code_without_the_patient()
    {
        await using var bpjs = await BpjsStandIn.Start();
        var body = JsonNode.Parse(BpjsStandIn.Booking(Code))!;

        var report = await Deliver(bpjs, new JsonObject { ["endpoint"] = "antrean/add", ["task"] = "1", ["body"] = body }.ToJsonString());

        Assert.Equal(200, report.Exchange!.HttpCode);
        Assert.Contains($"\"kodebooking\":\"{Code}\"", report.Exchange.Request);
        Assert.DoesNotContain("9999000000000011", report.Exchange.Request);
        Assert.Equal("""{"metadata":{"code":"200","message":"Ok"}}""", report.Exchange.Response);
        Assert.True(report.Exchange.Duration > TimeSpan.Zero);
    }

    [Fact]
    [Trait("Spec", "A-137")]
    public async Task A_success_is_logged_with_visit_and_code_and_nothing_of_the_patient()
    {
        await using var bpjs = await BpjsStandIn.Start();
        var log = new KeptLog<BpjsDeliveryChannel>();
        var job = new JsonObject { ["endpoint"] = "antrean/add", ["task"] = "1", ["body"] = JsonNode.Parse(BpjsStandIn.Booking(Code)) }.ToJsonString();

        await Deliver(BpjsStandIn.OptionsFor(bpjs.Simulator), job, log);
        await Deliver(BpjsStandIn.OptionsFor(bpjs.Simulator), BpjsStandIn.Job(Code, 4, BpjsStandIn.At(8, 0)), log);

        Assert.Equal(
            [$"Success: {Code} sent to BPJS (code: 200)", $"Not sent: START of {Code} (HTTP 200, code 201). BPJS refuses it; it waits among the failures until somebody mends it."],
            log.Lines);
    }

    [Fact]
    public async Task A_later_task_at_bpjs_with_ours_at_the_same_moment_means_delivered()
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Register(Code);
        await bpjs.Tell(Code, 3, BpjsStandIn.At(8, 0));
        await bpjs.Tell(Code, 4, BpjsStandIn.At(8, 30));
        using var impostor = new AnswerOnce("""{"metadata":{"code":201,"message":"TaskId terakhir 4"}}""", bpjs.Simulator.Url);

        var report = await Deliver(impostor.Url, BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 0).AddMilliseconds(400)));

        Assert.Equal(new Delivered(AlreadyThere: true), report.Outcome);
        Assert.Equal("201", report.Exchange!.Code);
        Assert.Contains("\"wakturs\":\"20-11-2026 08:00:00 WIB\"", report.Exchange.Response);
    }

    [Fact]
    public async Task A_later_task_at_bpjs_with_ours_at_another_moment_is_refused_with_what_bpjs_holds()
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Register(Code);
        await bpjs.Tell(Code, 3, BpjsStandIn.At(8, 0));
        await bpjs.Tell(Code, 4, BpjsStandIn.At(8, 30));
        using var impostor = new AnswerOnce("""{"metadata":{"code":201,"message":"TaskId terakhir 4"}}""", bpjs.Simulator.Url);

        var report = await Deliver(impostor.Url, BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 5)));

        Assert.Equal(
            "LATER_TASK_RECORDED: 201 TaskId terakhir 4; BPJS holds task 3 at 2026-11-20 08:00:00 WIB, we have 2026-11-20 08:05:00 WIB",
            Assert.IsType<Rejected>(report.Outcome).Reason);
    }

    [Fact]
    [Trait("Failure", "5.18")]
    public async Task A_task_that_bpjs_does_not_list_yet_is_asked_for_again_later()
    {
        await using var bpjs = await BpjsStandIn.Start(new() { ListLag = TimeSpan.FromMinutes(1) });
        await bpjs.Register(Code);
        await bpjs.Tell(Code, 3, BpjsStandIn.At(8, 0));
        await bpjs.Tell(Code, 4, BpjsStandIn.At(8, 30));
        using var impostor = new AnswerOnce("""{"metadata":{"code":201,"message":"TaskId terakhir 4"}}""", bpjs.Simulator.Url);

        var report = await Deliver(impostor.Url, BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 0)));

        var later = Assert.IsType<RetryLater>(report.Outcome);
        Assert.False(later.IsOutage);
        Assert.True(later.After > TimeSpan.Zero);
        Assert.True(report.Exchange!.LeftNothing); // it was refused: a moment listed later is not ours
    }

    [Fact]
    public async Task A_visit_cancelled_at_bpjs_is_refused_with_the_agreed_word()
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Register(Code);
        bpjs.Simulator.CancelAsPatient(Code);

        var report = await Deliver(bpjs, BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 0)));

        Assert.Equal("CANCELLED_AT_BPJS: 201 TaskId terakhir 99", Assert.IsType<Rejected>(report.Outcome).Reason);
        Assert.StartsWith(Alur.Antrean.Tasks.SettleTasks.CancelledAtBpjs, BpjsDeliveryChannel.ReasonOf(AnswerMeaning.CancelledAtBpjs));
    }

    [Fact]
    public async Task A_booking_that_bpjs_has_lost_is_refused_with_the_agreed_word()
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Register(Code);
        bpjs.Simulator.Forget(Code);

        var report = await Deliver(bpjs, BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 0)));

        Assert.Equal("BOOKING_UNKNOWN: 201 Kode Booking tidak ditemukan", Assert.IsType<Rejected>(report.Outcome).Reason);
    }

    [Fact]
    [Trait("Failure", "5.13")]
    public async Task Wrong_credentials_pause_the_channel_and_are_nobodys_attempt()
    {
        await using var bpjs = await BpjsStandIn.Start();

        var report = await Deliver(bpjs, BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 0)), o => o.SecretKey = "wrong");

        var notYet = Assert.IsType<NotYet>(report.Outcome);
        Assert.True(notYet.PauseChannel);
        Assert.InRange(notYet.Until - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.Contains("check ConsId, SecretKey and UserKey under Antrean:Sites:default:Bpjs", notYet.Reason);
    }

    [Fact]
    public async Task An_address_that_leads_elsewhere_pauses_the_channel_and_names_the_key()
    {
        await using var bpjs = await BpjsStandIn.Start();

        var report = await Deliver(bpjs, BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 0)), o => o.BaseUrl += "/wrong");

        var notYet = Assert.IsType<NotYet>(report.Outcome);
        Assert.True(notYet.PauseChannel);
        Assert.Contains("Antrean:Sites:default:Bpjs:BaseUrl", notYet.Reason);
    }

    [Fact]
    public async Task A_site_without_credentials_makes_no_call_and_says_what_is_missing()
    {
        await using var bpjs = await BpjsStandIn.Start();

        var report = await Deliver(bpjs, BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 0)), o => o.UserKey = null);

        Assert.Null(report.Exchange);
        Assert.Contains("UserKey missing", Assert.IsType<NotYet>(report.Outcome).Reason);
        Assert.Empty(bpjs.Simulator.Ledger.Calls);
    }

    [Fact]
    public async Task An_outage_is_retried_and_counts_for_the_breaker()
    {
        await using var bpjs = await BpjsStandIn.Start();
        bpjs.Simulator.SetFaults(new() { Html = 1 });

        var report = await Deliver(bpjs, BpjsStandIn.Job(Code, 3, BpjsStandIn.At(8, 0)));

        var later = Assert.IsType<RetryLater>(report.Outcome);
        Assert.True(later.IsOutage);
        Assert.Contains("Sistem sedang dalam pemeliharaan", later.Reason);
        Assert.Equal(200, report.Exchange!.HttpCode);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"endpoint":"antrean/add","body":"text"}""")]
    [InlineData("""{"endpoint":7,"body":{}}""")]
    public async Task A_job_that_cannot_be_read_is_refused_without_a_call(string payload)
    {
        await using var bpjs = await BpjsStandIn.Start();

        var report = await Deliver(bpjs, payload);

        Assert.Null(report.Exchange);
        Assert.StartsWith("UNREADABLE_JOB", Assert.IsType<Rejected>(report.Outcome).Reason);
    }

    private static Task<DeliveryReport> Deliver(BpjsStandIn bpjs, string payload, Action<BpjsOptions>? configure = null) =>
        Deliver(BpjsStandIn.OptionsFor(bpjs.Simulator, configure), payload);

    internal static Task<DeliveryReport> Deliver(string url, string payload) => Deliver(OptionsFor(url), payload);

    internal static BpjsOptions OptionsFor(string url)
    {
        var known = new BpjsSimulatorOptions();
        return new BpjsOptions { BaseUrl = url, ConsId = known.ConsId, SecretKey = known.SecretKey, UserKey = known.UserKey, TimeoutSeconds = 5 };
    }

    internal static async Task<DeliveryReport> Deliver(BpjsOptions bpjs, string payload, ILogger<BpjsDeliveryChannel>? log = null)
    {
        var options = new AntreanOptions { Sites = { ["default"] = new SiteOptions { Mode = "send", Bpjs = bpjs } } };
        using var clients = new BpjsClients(Options.Create(options));
        var channel = new BpjsDeliveryChannel(clients, log ?? NullLogger<BpjsDeliveryChannel>.Instance);
        return await channel.Deliver(new DeliveryJob(1, "bpjs:default", Code, 40, payload, 1), CancellationToken.None);
    }

    internal sealed class KeptLog<T> : ILogger<T>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
