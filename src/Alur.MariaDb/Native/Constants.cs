namespace Alur.MariaDb.Native;

/// <summary>enum enum_field_types.</summary>
internal static class FieldType
{
    internal const int Decimal = 0;
    internal const int Tiny = 1;
    internal const int Short = 2;
    internal const int Long = 3;
    internal const int Float = 4;
    internal const int Double = 5;
    internal const int Null = 6;
    internal const int Timestamp = 7;
    internal const int LongLong = 8;
    internal const int Int24 = 9;
    internal const int Date = 10;
    internal const int Time = 11;
    internal const int DateTime = 12;
    internal const int Year = 13;
    internal const int NewDate = 14;
    internal const int VarChar = 15;
    internal const int Bit = 16;
    internal const int NewDecimal = 246;
    internal const int Blob = 252;
    internal const int VarString = 253;
    internal const int String = 254;
    internal const int Geometry = 255;
}

/// <summary>Column flags of MYSQL_FIELD.</summary>
internal static class FieldFlag
{
    internal const uint NotNull = 1;
    internal const uint PrimaryKey = 2;
    internal const uint Unique = 4;
    internal const uint Blob = 16;
    internal const uint Unsigned = 32;
    internal const uint AutoIncrement = 512;
}

/// <summary>enum mysql_option, as far as it is used.</summary>
internal static class Option
{
    internal const int ConnectTimeout = 0;
    internal const int CharsetName = 7;
    internal const int LocalInfile = 8;
    internal const int Protocol = 9;
    internal const int ReadTimeout = 11;
    internal const int WriteTimeout = 12;
    internal const int ReportDataTruncation = 19;
    internal const int TlsVerifyServer = 21;
    internal const int TlsCa = 27;
    internal const int ConnectAttributeAdd = 33;
    internal const int TlsEnforce = 38;
}

internal static class Protocol
{
    internal const uint Tcp = 1;
    internal const uint Socket = 2;
}

internal static class ClientFlag
{
    /// <summary>UPDATE reports the rows it matched, not the rows it changed: what ADO.NET callers expect.</summary>
    internal const uint FoundRows = 2;
    internal const uint MultiStatements = 1 << 16;
    internal const uint MultiResults = 1 << 17;
}

internal static class ServerInfo
{
    /// <summary>MARIADB_CONNECTION_SERVER_STATUS of enum mariadb_value.</summary>
    internal const int ServerStatus = 30;
    internal const uint StatusNoBackslashEscapes = 512;
}

/// <summary>Answers of mysql_stmt_fetch besides 0 (a row) and 1 (failed, possibly with an empty error).</summary>
internal static class FetchResult
{
    internal const int Row = 0;
    internal const int NoData = 100;
    internal const int Truncated = 101;
}

/// <summary>Error numbers the provider itself acts on.</summary>
internal static class ErrorNumber
{
    internal const int TooManyConnections = 1040;
    internal const int ServerShutdown = 1053;
    internal const int PacketTooLarge = 1153;
    internal const int TooManyUserConnections = 1203;
    internal const int LockWaitTimeout = 1205;
    internal const int Deadlock = 1213;
    internal const int UserLimitReached = 1226;
    internal const int QueryInterrupted = 1317;
    internal const int ConnectionKilled = 1927;
    internal const int StatementTimeout = 1969;
    internal const int ClientErrorsFrom = 2000;
    internal const int ConnectionFailed = 2002;
    internal const int ServerLost = 2013;
    internal const int OutOfMemory = 2008;
    internal const int AnswerTooLarge = 2020;
    internal const int Tls = 2026;
    internal const int ClientErrorsTo = 2999;
    internal const int ConnectorErrorsFrom = 5000;
    internal const int ConnectorErrorsTo = 5999;

    /// <summary>The library does not know the way in that the account asks for (its plugin is missing or failed, or the protocol is too old).</summary>
    internal static readonly int[] OfLogin = [2049, 2058, 2059, 2061];
}
