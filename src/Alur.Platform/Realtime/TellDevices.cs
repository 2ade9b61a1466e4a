using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alur.Platform.Realtime;

/// <summary>
/// The loop over <see cref="DeviceRound"/>: at once when something is hinted, acknowledged or attached, and for all devices of this node every second, which is the
/// truth. While the database is away the sockets stay, and what they acknowledge is kept.
/// </summary>
internal sealed partial class TellDevices(Hub hub, DeviceRound round, MessageHints hints, ILogger<TellDevices> log) : BackgroundService
{
    private const int PatientRounds = 10;

    private static readonly TimeSpan EverySecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EveryMinute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(3);

    // Of a clock that nobody sets.
    private long _lookAtAll = Environment.TickCount64;
    private long _writeSeen = After(EveryMinute);
    private int _rounds;
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
                _lookAtAll = Environment.TickCount64; // what was hinted is forgotten
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
        if (_writeSeen <= Environment.TickCount64)
        {
            await round.Seen(ct);
            _writeSeen = After(EveryMinute);
        }

        await round.Tell(ToLookAt(), ct);
    }

    private IReadOnlyCollection<Socket> ToLookAt()
    {
        var (hinted, waiting) = (hints.Take(), hub.Devices.TakeWaiting());
        var held = hub.Devices.Held;
        if (hinted is null) return held;
        if (_lookAtAll > Environment.TickCount64) return [.. held.Where(IsMeant)];
        _lookAtAll = After(EverySecond);
        return ++_rounds % PatientRounds == 0 ? held : [.. held.Where(socket => !socket.Device!.IsPatient || IsMeant(socket))];

        bool IsMeant(Socket socket) => hinted.Contains(socket.Device!.User) || waiting.Contains(socket);
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

    private static long After(TimeSpan time) => Environment.TickCount64 + (long)time.TotalMilliseconds;

    private static TimeSpan Until(long at) => TimeSpan.FromMilliseconds(Math.Max(0, at - Environment.TickCount64));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Realtime: what waits for people cannot be read, trying again every second. Sockets stay open. {Why}")]
    private partial void LogAway(string why);
}
