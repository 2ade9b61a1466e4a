namespace Alur.MariaDb;

/// <summary>What a failure means for whoever has to act on it. Stable, unlike numbers and texts, which differ between versions.</summary>
public enum MariaDbFailure
{
    /// <summary>The server understood and refused the statement: a missing table or column, no right, a lock, a broken rule.</summary>
    Refused,

    /// <summary>No conversation came about: wrong address, nobody listens, a firewall, a server that is starting or going down.</summary>
    Unreachable,

    /// <summary>The server answered and does not let us in: account, password, our address, or the database named.</summary>
    LoginRefused,

    /// <summary>TLS was asked for, and the server offers none or cannot prove who it is.</summary>
    NotTrusted,

    /// <summary>The server, the account or our own pool has no place left.</summary>
    TooManyConnections,

    /// <summary>The conversation broke off: whatever was read is not the whole.</summary>
    ConnectionLost,

    /// <summary>The command was stopped because it took longer than allowed.</summary>
    TimedOut,

    /// <summary>A statement or a row is larger than the server or we accept (max_allowed_packet).</summary>
    TooLarge,
}
