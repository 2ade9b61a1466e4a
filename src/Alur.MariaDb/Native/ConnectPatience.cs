using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Alur.MariaDb.Native;

/// <summary>Bounds the whole of connecting, the TLS handshake and the login included. Connector/C from 3.4 on takes its read
/// and write time-outs into use once, when it connects, so a bound that is meant for connecting alone cannot be one of them.
/// There the library asks this class whenever it has to wait for the socket, until the connection stands.</summary>
internal static unsafe class ConnectPatience
{
    private const int OptionIoWait = 7024;
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const int TimedOut = 110;
    private const int Interrupted = 4;
    [ThreadStatic]
    private static long s_deadline;

    /// <summary>Starts the clock for the connection that this thread is about to open.</summary>
    internal static void Begin(nint mysql, TimeSpan patience)
    {
        s_deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        _ = LibMariaDb.Options(mysql, OptionIoWait, (delegate* unmanaged[Cdecl]<int, byte, int, int>)&Wait);
    }

    /// <summary>The connection stands: from here on the library waits by itself.</summary>
    internal static void End(nint mysql) => _ = LibMariaDb.Options(mysql, OptionIoWait, null);

    /// <summary>1 when the socket is ready, 0 when the patience is used up, −1 on an error of the system.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Wait(int socket, byte isRead, int milliseconds)
    {
        var poll = new PollDescriptor { Descriptor = socket, Events = isRead != 0 ? PollIn : PollOut };
        long giveUp = milliseconds > 0 ? Math.Min(s_deadline, Environment.TickCount64 + milliseconds) : s_deadline;
        while (true)
        {
            int ready = SocketPoll.Poll(&poll, 1, (int)Math.Clamp(giveUp - Environment.TickCount64, 0, int.MaxValue));
            int error = Marshal.GetLastPInvokeError();
            if (ready < 0 && error == Interrupted)
                continue;
            Marshal.SetLastSystemError(ready == 0 ? TimedOut : error);
            return ready;
        }
    }
}
