using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alur.Platform.Realtime;

/// <summary>
/// The loop over <see cref="DeviceRound"/>: at once when something is hinted, acknowledged or attached, and for all devices of this node every second, which is the
/// truth. While the database is away the sockets stay, and what they acknowledge is kept.
/// </summary>
internal sealed partial class TellDevices(Hub hub, DeviceRound round, MessageHints hints, ILogger<TellDevices> log) : BackgroundService
{
    private static readonly TimeSpan EverySecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EveryMinute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(3);

    private DateTime _lookAtAll = DateTime.UtcNow;
    private DateTime _writeSeen = DateTime.UtcNow + EveryMinute;
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var stopping = stoppingToken.Register(hub.Devices.Work.Beat);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Once(stoppingToken);
                _failing = false;
                await hub.Devices.Work.Wait(Until(_lookAtAll), hints.Line.LocalHint());
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                if (!_failing) LogAway(e.Message);
                _failing = true;
                _lookAtAll = DateTime.UtcNow; // what was hinted is forgotten
                await Task.WhenAny(Task.Delay(EverySecond, stoppingToken));
            }
        }

        await Finish();
    }

    private async Task Once(CancellationToken ct)
    {
        await round.Acknowledge(ct);
        await round.Leave(ct);
        await round.Rooms(ct);
        await round.Present(ct);
        if (_writeSeen <= DateTime.UtcNow)
        {
            await round.Seen(ct);
            _writeSeen = DateTime.UtcNow + EveryMinute;
        }

        await round.Tell(ToLookAt(), ct);
    }

    private IReadOnlyCollection<Socket> ToLookAt()
    {
        var (hinted, waiting) = (hints.Take(), hub.Devices.TakeWaiting());
        var held = hub.Devices.Held;
        if (_lookAtAll <= DateTime.UtcNow || hinted is null)
        {
            _lookAtAll = DateTime.UtcNow + EverySecond;
            return held;
        }

        return [.. held.Where(socket => hinted.Contains(socket.Device!.User) || waiting.Contains(socket))];
    }

    /// <summary>A server that stops says who has left; who does not hear it takes them for gone after a while.</summary>
    private async Task Finish()
    {
        using var patience = new CancellationTokenSource(LastWord);
        try
        {
            await round.Acknowledge(patience.Token);
            await round.Leave(patience.Token);
        }
        catch (Exception e)
        {
            if (!_failing) LogAway(e.Message);
        }
    }

    private static TimeSpan Until(DateTime at) => at - DateTime.UtcNow is { Ticks: > 0 } rest ? rest : TimeSpan.Zero;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Realtime: what waits for people cannot be read, trying again every second. Sockets stay open. {Why}")]
    private partial void LogAway(string why);
}
