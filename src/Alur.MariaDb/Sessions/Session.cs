using System.Diagnostics;
using System.Globalization;
using System.Text;
using Alur.MariaDb.Native;

namespace Alur.MariaDb.Sessions;

/// <summary>One connection to the server. Exactly one call at a time is inside it, from whichever thread.</summary>
internal sealed class Session : IDisposable
{
    private const string SessionSettings = "set names utf8mb4";
    private const int WorthAsking = 64 * 1024;
    private static readonly TimeSpan HousekeepingLimit = TimeSpan.FromSeconds(5);
    private readonly SessionHandle _handle;
    private SessionThread? _thread;
    private int _inside;
    private long? _largestPacket;

    private Session(MariaDbConnectionOptions options, SessionHandle handle)
    {
        Options = options;
        _handle = handle;
        ThreadId = LibMariaDb.ThreadId(handle.Pointer);
        unsafe
        {
            ServerVersion = ClientLibrary.Text(LibMariaDb.ServerVersion(handle.Pointer));
        }
        Statements = new StatementCache(handle);
        IdleSince = Stopwatch.GetTimestamp();
    }

    internal MariaDbConnectionOptions Options { get; }

    /// <summary>The server's id of this connection, as KILL takes it.</summary>
    internal ulong ThreadId { get; }

    internal string ServerVersion { get; }

    internal StatementCache Statements { get; }

    /// <summary>The conversation is over or in an unknown state: never give this session to anybody else.</summary>
    internal bool Broken { get; private set; }

    /// <summary>A call is under way.</summary>
    internal bool IsBusy => Volatile.Read(ref _inside) != 0;

    internal long IdleSince { get; private set; }

    internal SessionHandle Handle => _handle;

    internal static Session Open(MariaDbConnectionOptions options) => new(options, SessionConnector.Connect(options));

    internal unsafe bool NoBackslashEscapes => (ServerStatus & ServerInfo.StatusNoBackslashEscapes) != 0;

    private unsafe uint ServerStatus
    {
        get
        {
            uint status = 0;
            _ = LibMariaDb.GetInfo(_handle.Pointer, ServerInfo.ServerStatus, &status);
            return status;
        }
    }

    /// <summary>Runs one blocking call under the budget; whatever interrupts it comes out as the right exception.</summary>
    internal T Run<T>(CallBudget budget, Func<T> call, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Enter();
        long started = Stopwatch.GetTimestamp();
        var interruption = new Interruption(this, budget, cancellation);
        try
        {
            T result = call();
            interruption.Finish();
            if (!interruption.Happened)
                return result;
            // The server may answer a kill with a made-up value (BENCHMARK does), and a kill that came too late may hit the next
            // call: neither the answer nor the session is to be trusted.
            Broken = true;
            throw Interrupted(interruption, budget, new MariaDbException(ErrorNumber.QueryInterrupted, "70100", "Query execution was interrupted"), cancellation);
        }
        catch (MariaDbException failure) when (!interruption.IsOver)
        {
            interruption.Finish();
            Broken |= failure.IsConnectionLost;
            if (!interruption.Happened)
            {
                if (Options.Label is null)
                    throw;
                throw failure.Of(Options.Label);
            }
            Broken |= failure.Number != ErrorNumber.QueryInterrupted;
            throw Interrupted(interruption, budget, failure, cancellation);
        }
        catch (Exception) when (!interruption.IsOver)
        {
            // Not the server's failure but ours, a value that cannot be taken: a kill on its way at the same time may hit the next call.
            interruption.Finish();
            Broken |= interruption.Happened;
            throw;
        }
        finally
        {
            interruption.Dispose();
            budget.Spend(started);
            Leave();
        }
    }

    /// <summary>The same on the session's own thread.</summary>
    internal Task<T> RunAsync<T>(Func<T> body) => (_thread ??= new SessionThread()).Run(body);

    internal void UseThread(SessionThread thread) => _thread = thread;

    /// <summary>A statement without rows, outside any command.</summary>
    internal unsafe void Execute(string sql)
    {
        byte[] text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            if (LibMariaDb.RealQuery(_handle.Pointer, start, (nuint)text.Length) != 0)
                throw ServerError.OfConnection(_handle.Pointer);
        }
    }

    /// <summary>A server that is sent more than it takes at once hangs up without a word. Asked only when it may matter.</summary>
    /// <exception cref="MariaDbException"><see cref="MariaDbFailure.TooLarge"/>; the connection stays usable.</exception>
    internal void RequireRoomFor(long bytes)
    {
        if (bytes < WorthAsking)
            return;
        _largestPacket ??= LargestPacket();
        if (bytes >= _largestPacket)
            throw new MariaDbException(ErrorNumber.PacketTooLarge, "08S01",
                $"The statement has {bytes:N0} bytes with its values; the server takes at most {_largestPacket:N0} (max_allowed_packet).");
    }

    private unsafe long LargestPacket()
    {
        Execute("select @@max_allowed_packet");
        nint result = LibMariaDb.UseResult(_handle.Pointer);
        byte** row = result == 0 ? null : LibMariaDb.FetchRow(result);
        string? limit = row is null ? null : ClientLibrary.Text(row[0]);
        if (result != 0)
            LibMariaDb.FreeResult(result);
        return limit is null ? throw ServerError.OfConnection(_handle.Pointer) : long.Parse(limit, CultureInfo.InvariantCulture);
    }

    /// <summary>Leaves nothing behind for the next user: transaction, locks, variables, temporary tables, prepared statements.</summary>
    internal bool TryReset() => !Broken && !IsBusy && TryHousekeeping(() =>
    {
        Statements.Clear();
        if (LibMariaDb.ResetConnection(_handle.Pointer) != 0)
            throw ServerError.OfConnection(_handle.Pointer);
        // The reset also takes the character set back to the server's default.
        Execute(SessionSettings);
        IdleSince = Stopwatch.GetTimestamp();
    });

    /// <summary>Whether an idle session may be given out.</summary>
    internal bool IsFit(TimeSpan pingAfter) =>
        !Broken && _handle.Socket is { } socket && socket.IsQuiet() &&
        (Stopwatch.GetElapsedTime(IdleSince) < pingAfter || TryHousekeeping(() =>
        {
            if (LibMariaDb.Ping(_handle.Pointer) != 0)
                throw ServerError.OfConnection(_handle.Pointer);
        }));

    /// <summary>Ends a call that is still under way because its connection is being closed.</summary>
    internal void AbortIfBusy()
    {
        if (!IsBusy)
            return;
        Broken = true;
        ShutdownSocket();
    }

    internal void ShutdownSocket() => _handle.Socket?.Shutdown();

    internal void MarkBroken() => Broken = true;

    public void Dispose()
    {
        _thread?.Dispose();
        _handle.Dispose();
    }

    private bool TryHousekeeping(Action work)
    {
        using var budget = new CallBudget(HousekeepingLimit);
        try
        {
            return Run(budget, () => { work(); return true; });
        }
        catch (Exception e) when (e is MariaDbException or InvalidOperationException)
        {
            Broken = true;
            return false;
        }
    }

    private Exception Interrupted(
        Interruption interruption, CallBudget budget, MariaDbException failure, CancellationToken cancellation)
    {
        if (!interruption.TimedOut)
            return new OperationCanceledException("The command was cancelled.", failure, cancellation.IsCancellationRequested ? cancellation : budget.ByHand);
        var timeout = new TimeoutException($"The command ran longer than its time-out of {budget.Limit.TotalSeconds:0.###} s and was stopped.", failure);
        return new MariaDbException(failure.Number, failure.SqlState, timeout.Message, timeout).Of(Options.Label);
    }

    private void Enter()
    {
        if (Interlocked.CompareExchange(ref _inside, 1, 0) != 0)
            throw new InvalidOperationException("This connection is busy with another call; a connection serves one caller at a time.");
        try
        {
            // Keeps the handle open until Leave, even if the connection is disposed meanwhile.
            bool added = false;
            _handle.DangerousAddRef(ref added);
        }
        catch
        {
            Volatile.Write(ref _inside, 0);
            throw;
        }
    }

    private void Leave()
    {
        _handle.DangerousRelease();
        Volatile.Write(ref _inside, 0);
    }
}
