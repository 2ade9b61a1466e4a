using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>
/// Sends the jobs of one lane one after the other; the first that is not delivered, or not as it was sent, gives the rest back. Results are handed to the settler when
/// the run ends, or every few milliseconds when calls are slow, so that a crash forgets little.
/// </summary>
internal sealed class SendRun(
    ChannelTurn turn, LaneRun run, DeliveryOptions options, Settler settler, NpgsqlDataSource db, Stopping stopping, PumpLog log)
{
    private const int HandOverAfterMs = 25;
    private static readonly TimeSpan Abandon = TimeSpan.FromSeconds(4);

    public async Task Run()
    {
        var results = new List<JobResult>(run.Jobs.Count);
        var handedOver = Environment.TickCount64;
        for (var i = 0; i < run.Jobs.Count; i++)
        {
            if (results.Count > 0 && Environment.TickCount64 - handedOver >= HandOverAfterMs)
            {
                settler.Add(new LaneResult(run, results, Release: false));
                results = [];
                handedOver = Environment.TickCount64;
            }

            var result = await Next(run.Jobs[i]);
            results.Add(result);
            // What follows was queued for another state of things than the destination holds: the module looks first.
            if (result.Report?.Outcome is Delivered { Held: null } or Dropped) continue;
            for (i++; i < run.Jobs.Count; i++) results.Add(new JobResult(run.Jobs[i], Report: null));
        }

        settler.Add(new LaneResult(run, results, Release: true));

        // After an outage this sender starts nothing new before the breaker knows of it.
        if (results.Any(r => r.IsOutage)) await Task.WhenAny(run.Over.Task, settler.Ended);
    }

    private async Task<JobResult> Next(ClaimedJob job)
    {
        if (job.IsPoison) return JobResult.Poison(job);
        if (stopping.Asked || turn.MustStop(run) || run.LeaseLeft <= options.CallTimeout + DeliveryOptions.LeaseMargin)
            return new JobResult(job, Report: null);
        var result = await Call(job);
        if (result.Report?.Outcome is NotYet { PauseChannel: true } pause) await Pause(pause);
        if (result.Report?.Outcome is Delivered) log.Flows(turn.Name);
        return result;
    }

    private async Task<JobResult> Call(ClaimedJob job)
    {
        var startedAt = DateTimeOffset.UtcNow;
        var began = Environment.TickCount64;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping.CallsMustEnd);
        timeout.CancelAfter(options.CallTimeout);
        try
        {
            var report = await turn.Handler.Deliver(job.Job, timeout.Token).WaitAsync(options.CallTimeout + Abandon);
            return new JobResult(job, report.Cleaned());
        }
        catch (Exception ex) when (stopping.CallsMustEnd.IsCancellationRequested)
        {
            return new JobResult(job, Broken(ex, "This node stopped before an answer came."), Uncounted: true);
        }
        catch (Exception ex) when (timeout.IsCancellationRequested || ex is TimeoutException)
        {
            return new JobResult(job, Broken(ex, $"No answer within {options.CallTimeout.TotalSeconds:0.#} s."));
        }
        catch (Exception ex)
        {
            var cause = ex is OnlyAskedException { InnerException: { } inner } ? inner : ex;
            return new JobResult(job, Broken(ex, $"{cause.GetType().Name}: {cause.Message}"));
        }

        DeliveryReport Broken(Exception ex, string reason) => new DeliveryReport(
            new RetryLater(reason, IsOutage: true),
            new Exchange(startedAt, TimeSpan.FromMilliseconds(Environment.TickCount64 - began), null, null, reason, null, null)
            {
                LeftNothing = ex is OnlyAskedException,
            }).Cleaned();
    }

    /// <summary>At once, not with the settle: every further call would be refused as well. If it fails, the next refusal pauses.</summary>
    private async Task Pause(NotYet pause)
    {
        turn.StopUntil(pause.Until);
        try
        {
            if (await ChannelRows.PauseUnlessPausedAlready(db, turn.Name, pause.Until - DateTimeOffset.UtcNow, pause.Reason, stopping.CallsMustEnd))
                log.Paused(turn.Name, pause.Until, pause.Reason);
        }
        catch (Exception ex) when (ex is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            // The job itself waits until then in any case.
        }
    }
}
