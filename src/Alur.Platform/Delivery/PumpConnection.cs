using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>
/// The pump keeps two connections while it has work: prepared statements stay, nothing is reset between them. Its statements reach rows by
/// key only; a plan made while a table was small must not turn into a scan when it has grown.
/// </summary>
internal static class PumpConnection
{
    private const string Plans = "set enable_seqscan = off; set enable_bitmapscan = off; set enable_mergejoin = off; set enable_memoize = off; set plan_cache_mode = force_generic_plan; set jit = off";

    public static async Task<NpgsqlConnection> Open(NpgsqlDataSource db, CancellationToken ct)
    {
        var connection = await db.OpenConnectionAsync(ct);
        try
        {
            await using var plans = new NpgsqlCommand(Plans, connection);
            await plans.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
