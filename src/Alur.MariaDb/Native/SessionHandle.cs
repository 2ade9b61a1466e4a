using System.Runtime.InteropServices;

namespace Alur.MariaDb.Native;

/// <summary>Owns a MYSQL*, the unbuffered result that may hang on it and its prepared statements, and frees them in the only
/// order the library survives: result, connection, statements.</summary>
internal sealed class SessionHandle : SafeHandle
{
    private readonly List<nint> _statements = [];
    private SocketTwin? _socket;

    internal SessionHandle(nint mysql) : base(0, ownsHandle: true) => SetHandle(mysql);

    public override bool IsInvalid => handle == 0;

    internal nint Pointer => handle;

    /// <summary>The unbuffered text result being read, or 0.</summary>
    internal nint OpenResult { get; set; }

    internal SocketTwin? Socket => _socket;

    internal void AttachSocket(SocketTwin socket) => _socket = socket;

    internal void AddStatement(nint statement) => _statements.Add(statement);

    internal void CloseStatement(nint statement)
    {
        if (_statements.Remove(statement))
            _ = LibMariaDb.StatementClose(statement);
    }

    protected override bool ReleaseHandle()
    {
        // Freeing an unbuffered result reads its remaining rows from the server; after a shutdown that ends at once.
        if (OpenResult != 0)
        {
            _socket?.Shutdown();
            LibMariaDb.FreeResult(OpenResult);
            OpenResult = 0;
        }
        LibMariaDb.Close(handle);
        foreach (nint statement in _statements)
            _ = LibMariaDb.StatementClose(statement);
        _statements.Clear();
        _socket?.Dispose();
        return true;
    }
}
