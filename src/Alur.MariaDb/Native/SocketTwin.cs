using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Alur.MariaDb.Native;

/// <summary>Our own descriptor of the library's socket. The library may close its descriptor at any moment and the number may
/// be given to somebody else; through a duplicate another thread can shut exactly this socket down.</summary>
internal sealed partial class SocketTwin : IDisposable
{
    private const int BothDirections = 2;
    private const short PollIn = 1;
    private const int DuplicateCloseOnExec = 1030;
    private readonly SafeFileHandle _descriptor;

    private SocketTwin(int descriptor) => _descriptor = new SafeFileHandle(descriptor, ownsHandle: true);

    internal static SocketTwin? Of(int socket)
    {
        int twin = socket < 0 ? -1 : Duplicate(socket, DuplicateCloseOnExec, 0);
        return twin < 0 ? null : new SocketTwin(twin);
    }

    internal void Shutdown()
    {
        if (!_descriptor.IsClosed)
            _ = ShutdownSocket(_descriptor, BothDirections);
    }

    /// <summary>An idle connection has nothing to say: something to read means that the server closed it or is about to.</summary>
    internal unsafe bool IsQuiet()
    {
        var poll = new PollDescriptor { Descriptor = (int)_descriptor.DangerousGetHandle(), Events = PollIn };
        return SocketPoll.Poll(&poll, 1, 0) == 0;
    }

    public void Dispose() => _descriptor.Dispose();

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Duplicate(int descriptor, int command, int lowest);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int ShutdownSocket(SafeFileHandle socket, int how);
}
