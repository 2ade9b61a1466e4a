using System.Runtime.InteropServices;

namespace Alur.MariaDb.Native;

/// <summary>poll(2): whether a socket can be read or written, now or within a time.</summary>
internal static partial class SocketPoll
{
    /// <summary>Waits for any of the descriptors.</summary>
    /// <returns>How many of the descriptors are ready; 0 when the time is over; −1 with the last P/Invoke error set.</returns>
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static unsafe partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);
}

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    internal int Descriptor;
    internal short Events;
    internal short Returned;
}
