using Alur.Platform.Results;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>
/// Reads the lists of one site in one statement: they select <c>from antrean.sites s left join lateral (…) q on true where s.code = @site</c>,
/// so no row at all means that there is no such site, and one row whose first column is null means that its list is empty.
/// </summary>
internal static class SiteRows
{
    public static async Task<Result<List<T>>> ReadSite<T>(
        this NpgsqlDataSource database, string sql, string site, Func<NpgsqlDataReader, T> row, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string>("site", site));
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        var found = false;
        while (await reader.ReadAsync(ct))
        {
            found = true;
            if (!reader.IsDBNull(0))
            {
                rows.Add(row(reader));
            }
        }

        return found ? rows : new SiteNotFound(site);
    }

    /// <summary>The column's value; default where it is null.</summary>
    public static T? GetOrDefault<T>(this NpgsqlDataReader reader, string column)
    {
        var ordinal = reader.GetOrdinal(column);
        return reader.IsDBNull(ordinal) ? default : reader.GetFieldValue<T>(ordinal);
    }

    /// <summary>The column's value, which cannot be null.</summary>
    public static T Get<T>(this NpgsqlDataReader reader, string column) => reader.GetFieldValue<T>(reader.GetOrdinal(column));
}
