using Alur.MariaDb.Native;

namespace Alur.MariaDb.Sessions;

/// <summary>Turns what the library says after a failed call into an exception.</summary>
internal static unsafe class ServerError
{
    internal static MariaDbException OfConnection(nint mysql) => Make(
        (int)LibMariaDb.ErrorNumber(mysql),
        ClientLibrary.Text(LibMariaDb.SqlState(mysql)),
        ClientLibrary.Text(LibMariaDb.ErrorText(mysql)));

    internal static MariaDbException OfConnecting(nint mysql)
    {
        MariaDbException failure = OfConnection(mysql);
        return new MariaDbException(failure.Number, failure.SqlState, failure.Message) { WhileConnecting = true };
    }

    /// <summary>A statement that lost its server may have no error of its own; the connection usually has it.</summary>
    internal static MariaDbException OfStatement(nint statement, nint mysql)
    {
        int number = (int)LibMariaDb.StatementErrorNumber(statement);
        return number == 0
            ? OfConnection(mysql)
            : Make(number, ClientLibrary.Text(LibMariaDb.StatementSqlState(statement)), ClientLibrary.Text(LibMariaDb.StatementErrorText(statement)));
    }

    /// <summary>The library can fail with error number 0 and an empty text (a server killed in mid-read). That is a lost
    /// connection, never an end of rows.</summary>
    private static MariaDbException Make(int number, string sqlState, string text) => number == 0
        ? new MariaDbException(ErrorNumber.ServerLost, "HY000", "The connection to the MariaDB server broke off in the middle of a call.")
        : new MariaDbException(number, sqlState, text.Length == 0 ? $"MariaDB error {number} without a text." : text);
}
