using System.Globalization;

namespace Alur.MariaDb.Sessions;

/// <summary>Watches one blocking call. When its time is up or it is cancelled, the query is first killed on the server from a second
/// connection (the handle stays usable); if that does not end the call in time, the socket is shut down (the handle is lost).</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private readonly Session _session;
    private readonly Timer? _timer;
    private readonly CancellationTokenRegistration _cancel;
    private readonly CancellationTokenRegistration _cancelByHand;
    private readonly ManualResetEventSlim _finished = new();
    private readonly Lock _gate = new();
    private Thread? _thread;
    private bool _over;

    internal Interruption(Session session, CallBudget budget, CancellationToken cancellation)
    {
        _session = session;
        if (budget.Left is { } left)
            _timer = new Timer(_ => Begin(timedOut: true), state: null, left, Timeout.InfiniteTimeSpan);
        _cancel = cancellation.UnsafeRegister(_ => Begin(timedOut: false), state: null);
        _cancelByHand = budget.ByHand.UnsafeRegister(_ => Begin(timedOut: false), state: null);
    }

    internal bool TimedOut { get; private set; }

    internal bool Happened { get; private set; }

    /// <summary>The watched call has returned and was judged.</summary>
    internal bool IsOver => _over;

    /// <summary>Call when the watched call has returned: afterwards no kill of ours is under way any more.</summary>
    internal void Finish()
    {
        lock (_gate)
            _over = true;
        _finished.Set();
        _timer?.Dispose();
        _cancel.Dispose();
        _cancelByHand.Dispose();
        _thread?.Join();
    }

    private void Begin(bool timedOut)
    {
        lock (_gate)
        {
            if (_over || Happened)
                return;
            Happened = true;
            TimedOut = timedOut;
            // Its own thread: connecting to a server that may be dead takes long, and we may be on the canceller's thread.
            _thread = new Thread(Interrupt) { IsBackground = true, Name = "mariadb interruption" };
            _thread.Start();
        }
    }

    private void Interrupt()
    {
        KillOnServer();
        if (!_finished.Wait(Grace))
            _session.ShutdownSocket();
    }

    private void KillOnServer()
    {
        var options = _session.Options with { ConnectTimeout = Grace, ReadTimeout = Grace, WriteTimeout = Grace, Database = null };
        try
        {
            using var helper = Session.Open(options);
            if (!_finished.IsSet)
                helper.Execute(string.Create(CultureInfo.InvariantCulture, $"kill query {_session.ThreadId}"));
        }
        catch (MariaDbException)
        {
            // No second connection to be had: the shutdown of the socket ends the call.
        }
    }

    public void Dispose()
    {
        Finish();
        _finished.Dispose();
    }
}
