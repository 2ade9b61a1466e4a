using System.Security.Cryptography;
using System.Text;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>
/// What tells the journal of one database from that of another, such as one into which a backup was restored. A copy of the whole data directory, a promoted standby and a database that
/// was emptied and filled again keep it, with other entries at the same positions perhaps; whoever must know those apart looks at more.
/// </summary>
public static class JournalName
{
    private const string Ask = "select (select system_identifier from pg_control_system()) || '/' || (select oid from pg_database where datname = current_database())";

    /// <summary>Sixteen hexadecimal digits of the server's system identifier and the database's oid.</summary>
    public static async Task<string> Of(NpgsqlDataSource db, CancellationToken ct) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes((await db.Statement(Ask).Rows(r => r.GetString(0), ct)).Single())))[..16];
}
