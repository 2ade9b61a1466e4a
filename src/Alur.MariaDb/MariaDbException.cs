using System.Data.Common;
using Alur.MariaDb.Native;

namespace Alur.MariaDb;

/// <summary>A failure reported by the MariaDB server or by Connector/C.</summary>
public sealed class MariaDbException : DbException
{
    private readonly string _sqlState;

    /// <summary>Creates the exception from the server's or the client library's own words.</summary>
    public MariaDbException(int number, string sqlState, string message, Exception? inner = null) : base(message, inner)
    {
        Number = number;
        _sqlState = sqlState;
    }

    /// <summary>MariaDB's error number (1045, 1146, …; 2000–2999 are the client library's; 2013 also stands for a read that broke
    /// off without any error number).</summary>
    public int Number { get; }

    /// <summary>The same as <see cref="Number"/>.</summary>
    public override int ErrorCode => Number;

    /// <summary>Five-character SQLSTATE.</summary>
    public override string SqlState => _sqlState;

    /// <summary>What it means, whatever its number.</summary>
    public MariaDbFailure Failure => this switch
    {
        { IsTimeout: true } or { Number: ErrorNumber.StatementTimeout } => MariaDbFailure.TimedOut,
        { Number: ErrorNumber.TooManyConnections or ErrorNumber.TooManyUserConnections or ErrorNumber.UserLimitReached } => MariaDbFailure.TooManyConnections,
        { Number: ErrorNumber.PacketTooLarge or ErrorNumber.AnswerTooLarge } => MariaDbFailure.TooLarge,
        { WhileConnecting: true, Number: ErrorNumber.Tls } => MariaDbFailure.NotTrusted,
        { WhileConnecting: true } => SaysNothingOfUs ? MariaDbFailure.Unreachable : MariaDbFailure.LoginRefused,
        { IsConnectionLost: true } => MariaDbFailure.ConnectionLost,
        _ => MariaDbFailure.Refused,
    };

    /// <summary>The command was stopped because it ran longer than its CommandTimeout.</summary>
    public bool IsTimeout => InnerException is TimeoutException;

    /// <summary>The connection is gone: nothing more can be done on it.</summary>
    public bool IsConnectionLost => Number is ErrorNumber.ServerShutdown or ErrorNumber.ConnectionKilled || IsFromClient(Number);

    /// <summary>The same work may succeed when tried again: lost or refused connections, lock waits, deadlocks, time-outs.</summary>
    public override bool IsTransient =>
        Failure is MariaDbFailure.Unreachable or MariaDbFailure.TooManyConnections or MariaDbFailure.ConnectionLost or MariaDbFailure.TimedOut ||
        Number is ErrorNumber.LockWaitTimeout or ErrorNumber.Deadlock;

    /// <summary>It came up before the login was through.</summary>
    internal bool WhileConnecting { get; init; }

    /// <summary>The same failure, told of the server that people know by this name.</summary>
    internal MariaDbException Of(string? label) => label is null
        ? this
        : new(Number, SqlState, $"{label}: {Message}", InnerException) { WhileConnecting = WhileConnecting };

    private bool SaysNothingOfUs =>
        Number is ErrorNumber.ServerShutdown or ErrorNumber.ConnectionKilled || (IsFromClient(Number) && !ErrorNumber.OfLogin.Contains(Number));

    /// <summary>Errors that the client library makes itself all mean that the conversation is over, except that it ran out of memory.</summary>
    private static bool IsFromClient(int number) =>
        number is >= ErrorNumber.ClientErrorsFrom and <= ErrorNumber.ClientErrorsTo
            or >= ErrorNumber.ConnectorErrorsFrom and <= ErrorNumber.ConnectorErrorsTo
        && number != ErrorNumber.OutOfMemory;
}
