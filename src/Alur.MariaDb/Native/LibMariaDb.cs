using System.Runtime.InteropServices;

namespace Alur.MariaDb.Native;

/// <summary>The part of MariaDB Connector/C (3.x, ABI libmariadb.so.3) that this provider calls. Handles are raw pointers:
/// whoever calls holds the session's reference (<see cref="SessionHandle"/>) and is the only thread in it.</summary>
internal static unsafe partial class LibMariaDb
{
    internal const string Library = "libmariadb";

    [LibraryImport(Library, EntryPoint = "mysql_server_init")]
    internal static partial int ServerInit(int argc, nint argv, nint groups);

    [LibraryImport(Library, EntryPoint = "mysql_get_client_info")]
    internal static partial byte* ClientInfo();

    [LibraryImport(Library, EntryPoint = "mysql_get_client_version")]
    internal static partial nuint ClientVersion();

    [LibraryImport(Library, EntryPoint = "mysql_init")]
    internal static partial nint Init(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_options")]
    internal static partial int Options(nint mysql, int option, void* value);

    [LibraryImport(Library, EntryPoint = "mysql_options", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OptionText(nint mysql, int option, string value);

    [LibraryImport(Library, EntryPoint = "mysql_options4", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OptionPair(nint mysql, int option, string key, string value);

    [LibraryImport(Library, EntryPoint = "mysql_real_connect", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint RealConnect(
        nint mysql, string? host, string user, string password, string? database, uint port, string? socket, nuint flags);

    [LibraryImport(Library, EntryPoint = "mysql_close")]
    internal static partial void Close(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_errno")]
    internal static partial uint ErrorNumber(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_error")]
    internal static partial byte* ErrorText(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_sqlstate")]
    internal static partial byte* SqlState(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_get_socket")]
    internal static partial int Socket(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_thread_id")]
    internal static partial nuint ThreadId(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_get_server_info")]
    internal static partial byte* ServerVersion(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_get_ssl_cipher")]
    internal static partial byte* TlsCipher(nint mysql);

    [LibraryImport(Library, EntryPoint = "mariadb_get_info")]
    internal static partial byte GetInfo(nint mysql, int what, void* value);

    [LibraryImport(Library, EntryPoint = "mysql_reset_connection")]
    internal static partial int ResetConnection(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_ping")]
    internal static partial int Ping(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_real_query")]
    internal static partial int RealQuery(nint mysql, byte* sql, nuint length);

    [LibraryImport(Library, EntryPoint = "mysql_field_count")]
    internal static partial uint FieldCount(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_affected_rows")]
    internal static partial ulong AffectedRows(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_insert_id")]
    internal static partial ulong InsertId(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_use_result")]
    internal static partial nint UseResult(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_fetch_row")]
    internal static partial byte** FetchRow(nint result);

    [LibraryImport(Library, EntryPoint = "mysql_fetch_lengths")]
    internal static partial nuint* FetchLengths(nint result);

    [LibraryImport(Library, EntryPoint = "mysql_fetch_fields")]
    internal static partial MySqlField* FetchFields(nint result);

    [LibraryImport(Library, EntryPoint = "mysql_num_fields")]
    internal static partial uint NumFields(nint result);

    [LibraryImport(Library, EntryPoint = "mysql_free_result")]
    internal static partial void FreeResult(nint result);

    [LibraryImport(Library, EntryPoint = "mysql_more_results")]
    internal static partial byte MoreResults(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_next_result")]
    internal static partial int NextResult(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_init")]
    internal static partial nint StatementInit(nint mysql);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_prepare")]
    internal static partial int StatementPrepare(nint statement, byte* sql, nuint length);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_param_count")]
    internal static partial nuint StatementParameterCount(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_bind_param")]
    internal static partial byte StatementBindParameters(nint statement, MySqlBind* binds);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_execute")]
    internal static partial int StatementExecute(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_field_count")]
    internal static partial uint StatementFieldCount(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_affected_rows")]
    internal static partial ulong StatementAffectedRows(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_insert_id")]
    internal static partial ulong StatementInsertId(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_result_metadata")]
    internal static partial nint StatementResultMetadata(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_bind_result")]
    internal static partial byte StatementBindResult(nint statement, MySqlBind* binds);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_fetch")]
    internal static partial int StatementFetch(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_fetch_column")]
    internal static partial int StatementFetchColumn(nint statement, MySqlBind* bind, uint column, nuint offset);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_free_result")]
    internal static partial byte StatementFreeResult(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_more_results")]
    internal static partial byte StatementMoreResults(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_next_result")]
    internal static partial int StatementNextResult(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_close")]
    internal static partial byte StatementClose(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_errno")]
    internal static partial uint StatementErrorNumber(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_error")]
    internal static partial byte* StatementErrorText(nint statement);

    [LibraryImport(Library, EntryPoint = "mysql_stmt_sqlstate")]
    internal static partial byte* StatementSqlState(nint statement);
}
