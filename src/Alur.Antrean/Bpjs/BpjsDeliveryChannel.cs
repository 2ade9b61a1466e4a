using System.Globalization;
using System.Text.RegularExpressions;
using Alur.Antrean.Reconcile;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Antrean.Bpjs;

/// <summary>
/// Carries the jobs of channels <c>bpjs:{site code}</c>: one call each, its answer turned into an outcome by <see cref="BpjsAnswers"/>.
/// Reasons of refusals begin with the meaning in upper case (<see cref="ReasonOf"/>), on which the settle effects build.
/// </summary>
internal sealed partial class BpjsDeliveryChannel(
    BpjsClients clients, ILogger<BpjsDeliveryChannel> log, BuildHints? hints = null, DeniedAlone? deniedAlone = null,
    CheckBeforeSend? check = null, SiteModes? modes = null) : IDeliveryChannel
{
    /// <summary>Short: what the calls before have brought is written down only when this one has ended.</summary>
    private static readonly TimeSpan s_databasePatience = TimeSpan.FromSeconds(2);

    /// <summary>How long a job waits that a hospital which observes may not send: the builder takes it back within its next run.</summary>
    private static readonly TimeSpan s_observingPause = TimeSpan.FromSeconds(5);

    /// <summary>How long a channel rests that has no credentials at all; a changed configuration means a restart anyway.</summary>
    private static readonly TimeSpan s_unconfiguredPause = TimeSpan.FromMinutes(5);

    public string Kind => "bpjs";

    public string SettleEffects => SettleTasks.SettleEffects;

    public string RequeueEffects => SettleTasks.RequeueEffects;

    /// <summary>The fixed first word of a refusal's reason, such as <c>BOOKING_UNKNOWN</c> or <c>CANCELLED_AT_BPJS</c>.</summary>
    public static string ReasonOf(AnswerMeaning meaning) => WordStart().Replace(meaning.ToString(), "_$0").ToUpperInvariant();

    public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
    {
        var site = job.Channel[(Kind.Length + 1)..];
        var (mode, mayNot) = await Mode(site, ct);
        if (mayNot is not null)
            return mayNot;
        var client = clients.For(site);
        if (!client.Ok)
        {
            return new(new NotYet(DateTimeOffset.UtcNow + s_unconfiguredPause, client.Error.Message, PauseChannel: true), Exchange: null);
        }

        if (!BpjsJob.TryRead(job.Payload, out var call))
        {
            return new(new Rejected("UNREADABLE_JOB: the job's payload has no endpoint or body"), Exchange: null);
        }

        var (instead, before) = await OnlyAsking(Ask(job, mode, call, client.Value, ct));
        // A look-up takes a while, in which somebody may have switched sending off.
        if (instead is null && mode?.CheckBefore is not null)
            (_, instead) = await Mode(site, ct);
        return Settled(instead ?? await Tell(job, site, call, client.Value, before, ct), call, site);
    }

    /// <summary>What to report without telling anything; null: tell it. The second value is BPJS's list of the visit's tasks, if it was asked.</summary>
    private async Task<(DeliveryReport? Instead, BpjsReply? List)> Ask(DeliveryJob job, SiteMode? mode, BpjsJob call, BpjsClient client, CancellationToken ct)
    {
        var site = job.Channel[(Kind.Length + 1)..];
        // BPJS has it: to tell it once more would say nothing new.
        if (job.Acknowledged && call is { TaskId: not null, Kodebooking: not null })
            return (await AlreadyAtBpjs.AskMoment(job, call, client, site, ct), null);
        return check is null || mode is null ? (null, null) : await check.Run(job, mode, call, client, ct);
    }

    /// <summary>
    /// Asked of the database before every call, so that nothing new goes out on any node once a switch to observing is committed. A job that may not go waits,
    /// which is nobody's attempt; so it does when the database does not say.
    /// </summary>
    private async Task<(SiteMode? Mode, DeliveryReport? MayNot)> Mode(string site, CancellationToken ct)
    {
        if (modes is null)
            return (null, null);
        try
        {
            var mode = await modes.Of(site, ct).WaitAsync(s_databasePatience, ct);
            return mode is { Sends: true } ? (mode, null) : (mode, Wait($"{site} observes (OBSERVE_MODE): nothing is sent."));
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return (null, Wait("The database did not say whether this hospital may send."));
        }

        static DeliveryReport Wait(string reason) => new(new NotYet(DateTimeOffset.UtcNow + s_observingPause, reason), Exchange: null);
    }

    private async Task<DeliveryReport> Tell(DeliveryJob job, string site, BpjsJob call, BpjsClient client, BpjsReply? before, CancellationToken ct)
    {
        var reply = await client.Post(call.Endpoint, call.Body, ct);
        var meaning = BpjsAnswers.Classify(BpjsAnswers.CallOf(call.Endpoint), reply);
        var patient = Redaction.PatientOf(call.Body);
        var (outcome, listed) = meaning switch
        {
            AnswerMeaning.AlreadyThere => (AlreadyAtBpjs.Said(job, call, client.ListLag), before),
            AnswerMeaning.LaterTaskRecorded => await OnlyAsking(AlreadyAtBpjs.BehindLater(job, call, reply, client, site, patient, ct)),
            _ => (Outcome(meaning, reply, site, client.RefusedPause, patient), before),
        };
        // Pausing for it again and again would stop everybody for what is wrong with one.
        if (outcome is NotYet && DeniedAlone.Forbids(reply) && deniedAlone is not null && await OnlyAsking(deniedAlone.Was(job, ct)))
            outcome = new Rejected($"DENIED_ALONE: {BpjsExchange.Said(reply, patient)}, again, while BPJS accepted others: it is about what this request says");
        Log(outcome, job, call, reply);
        // Only a call that may have been processed is one that a later 208 can be about.
        var exchange = BpjsExchange.Of(call.Body, reply, listed, patient) with { LeftNothing = reply.NeverArrived || meaning is AnswerMeaning.LaterTaskRecorded or AnswerMeaning.TooMany };
        return new(outcome, exchange);
    }

    /// <summary>Before BPJS was told anything, or after it refused: whatever breaks the question off, BPJS has nothing of the job by this call.</summary>
    private static async Task<T> OnlyAsking<T>(Task<T> question)
    {
        try
        {
            return await question;
        }
        catch (Exception e)
        {
            throw new OnlyAskedException(e);
        }
    }

    // The tasks of what was registered may be queued now, what BPJS does not know may have to be registered again, and where BPJS holds another
    // moment what follows is judged by that.
    private DeliveryReport Settled(DeliveryReport report, BpjsJob call, string site)
    {
        if (report.Outcome is Delivered { Held: not null } || (report.Outcome is Delivered && call.Endpoint == "antrean/add")
            || (report.Outcome is Rejected refused && refused.Reason.StartsWith(ReasonOf(AnswerMeaning.BookingUnknown), StringComparison.Ordinal)))
            hints?.Hint(site);
        return report;
    }

    internal static DeliveryOutcome Outcome(AnswerMeaning meaning, BpjsReply reply, string site, TimeSpan pause, Regex? patient)
    {
        var said = BpjsExchange.Said(reply, patient);
        return BpjsAnswers.ActionFor(meaning) switch
        {
            AnswerAction.Success => new Delivered(meaning == AnswerMeaning.AlreadyThere),
            AnswerAction.Pause => new NotYet(DateTimeOffset.UtcNow + pause, WhyPaused(meaning, reply, said, site), PauseChannel: true),
            AnswerAction.RetryOutage => new RetryLater(said, IsOutage: true, reply.RetryAfter),
            AnswerAction.RetryLater => new RetryLater(said, IsOutage: false, reply.RetryAfter),
            AnswerAction.Reject or AnswerAction.Reconcile => new Rejected($"{ReasonOf(meaning)}: {said}"),
        };
    }

    /// <summary>What is wrong when BPJS refuses all of us, and what to do.</summary>
    internal static string WhyPaused(AnswerMeaning meaning, BpjsReply reply, string said, string site)
    {
        if (meaning == AnswerMeaning.WrongAddress)
        {
            return $"Antrean:Sites:{site}:Bpjs:BaseUrl does not lead to BPJS Antrean RS ({said}). Nothing is sent until it does.";
        }

        var skew = reply.ServerTime is { } theirs ? (reply.StartedAt - theirs).TotalSeconds : 0;
        var hint = Math.Abs(skew) > 60
            ? string.Create(CultureInfo.InvariantCulture, $"this machine's clock is {Math.Abs(skew):0} s {(skew > 0 ? "ahead of" : "behind")} BPJS's: set it (NTP)")
            : $"check ConsId, SecretKey and UserKey under Antrean:Sites:{site}:Bpjs, and this machine's clock";
        return $"BPJS refuses our credentials or our clock ({said}): {hint}. Nothing is lost; sending is tried again by itself.";
    }

    private void Log(DeliveryOutcome outcome, DeliveryJob job, BpjsJob call, BpjsReply reply)
    {
        if (outcome is Delivered)
        {
            LogSuccess(job.Key, reply.Code);
        }
        else if (outcome is not NotYet { PauseChannel: true }) // the pause of the whole channel is told by itself
        {
            LogNotDelivered(job.Key, call.Label, Answer(reply), Sentence(outcome));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Success: {VisitId} sent to BPJS (code: {Code})")]
    private partial void LogSuccess(string visitId, string? code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not sent: {Task} of {VisitId} ({Answer}). {Outcome}")]
    private partial void LogNotDelivered(string visitId, string task, string answer, string outcome);

    private static string Answer(BpjsReply reply) =>
        reply.HttpCode is null ? "no answer" : reply.Code is null ? $"HTTP {reply.HttpCode}" : $"HTTP {reply.HttpCode}, code {reply.Code}";

    private static string Sentence(DeliveryOutcome outcome) => outcome switch
    {
        NotYet { Acknowledged: true } => "BPJS has it already; it is asked which moment it holds.",
        RetryLater { IsOutage: true } => "BPJS does not answer as it should; this is tried again by itself.",
        NotYet or RetryLater => "It is tried again by itself.",
        _ => "BPJS refuses it; it waits among the failures until somebody mends it.",
    };

    [GeneratedRegex("(?<=[a-z])[A-Z]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordStart();
}
