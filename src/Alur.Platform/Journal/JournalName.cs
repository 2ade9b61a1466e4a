using System.Security.Cryptography;
using System.Text;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>What tells this journal from every other one, a restored copy of it included: that has other entries at the same positions.</summary>
public static class JournalName
{
    private const string Ask = "select (select system_identifier from pg_control_system()) || '/' || (select oid from pg_database where datname = current_database())";

    /// <summary>Sixteen hexadecimal digits of the database's identity.</summary>
    public static async Task<string> Of(NpgsqlDataSource db, CancellationToken ct) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes((await db.Statement(Ask).Rows(r => r.GetString(0), ct)).Single())))[..16];
}
