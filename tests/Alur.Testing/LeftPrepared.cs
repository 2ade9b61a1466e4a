using Npgsql;

namespace Alur.Testing;

/// <summary>Ends what a test that failed has left prepared for a two-phase commit: nobody could drop its database, nor start after it.</summary>
internal static class LeftPrepared
{
    private const string Find = "select gid from pg_prepared_xacts where database = $1";

    public static async Task RollBack(NpgsqlConnection admin, string adminConnectionString, string database)
    {
        List<string> left = [];
        await using var find = new NpgsqlCommand(Find, admin) { Parameters = { new() { Value = database } } };
        await using (var reader = await find.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) left.Add(reader.GetString(0));
        }

        foreach (var name in left)
        {
            // Only from within their own database.
            var settings = new NpgsqlConnectionStringBuilder(adminConnectionString) { Database = database, Pooling = false };
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync();
            await using var end = new NpgsqlCommand($"rollback prepared '{name}'", connection);
            await end.ExecuteNonQueryAsync();
        }
    }
}
