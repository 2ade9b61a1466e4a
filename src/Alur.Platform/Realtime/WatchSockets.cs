using Alur.Platform.Identity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alur.Platform.Realtime;

/// <summary>
/// Looks after the sockets of this node: signs of life, frames that do not leave, and callers whose session has ended or who may do something else now.
/// </summary>
internal sealed partial class WatchSockets(Hub hub, DeviceRound round, Sessions sessions, RealtimeOptions options, IHostApplicationLifetime life, ILogger<WatchSockets> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = life.ApplicationStopping.Register(() => hub.End(CloseReason.GoingAway));
        await Task.WhenAll(
            Every(TimeSpan.FromSeconds(options.HeartbeatSeconds), Beat, stoppingToken),
            Every(TimeSpan.FromSeconds(1), _ => AbortStalled(), stoppingToken),
            Every(TimeSpan.FromSeconds(options.SessionCheckSeconds), CheckSessions, stoppingToken));
    }

    /// <summary>One look at all callers with an account, in one statement.</summary>
    internal async Task CheckSessions(CancellationToken ct)
    {
        var known = hub.Known;
        if (known.Count == 0) return;
        var live = await sessions.FindLive([.. known.Select(socket => socket.Caller.User!.SessionId).Distinct()], ct);
        foreach (var socket in known)
        {
            if (!live.TryGetValue(socket.Caller.User!.SessionId, out var present)) socket.Close(CloseReason.SessionEnded);
            else if (!socket.Caller.MayTheSameAs(present)) socket.Become(SocketCaller.Of(present));
        }
    }

    private async Task Every(TimeSpan interval, Func<CancellationToken, Task> look, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                await look(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogUnchecked(e.Message);
            }
        }
    }

    private async Task Beat(CancellationToken ct)
    {
        var now = DateTimeOffset.UtcNow;
        hub.SendAll(Frames.Heartbeat(now));
        if (options.RecordHeartbeats) await round.Record(now, ct);
    }

    private Task AbortStalled()
    {
        hub.AbortStalled(TimeSpan.FromSeconds(options.SendSeconds));
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Realtime: the sockets could not be looked after; trying again soon. {Why}")]
    private partial void LogUnchecked(string why);
}
