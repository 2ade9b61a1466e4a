using System.Diagnostics;
using Npgsql;

namespace Alur.Platform.Data;

/// <summary>
/// One migrator per database. The advisory lock is polled, never waited for: a session blocked in it would hold a snapshot, and
/// <c>create index concurrently</c> waits for every older snapshot, so two nodes would wait for each other.
/// </summary>
internal sealed class MigrationLock : IAsyncDisposable
{
    private const string TryTake = "select pg_try_advisory_lock(hashtextextended('alur.migrations', 0))";
    private const string Release = "select pg_advisory_unlock(hashtextextended('alur.migrations', 0))";

    private readonly NpgsqlConnection _connection;

    private MigrationLock(NpgsqlConnection connection) => _connection = connection;

    public static async Task<MigrationLock> Take(NpgsqlConnection connection, TimeSpan wait, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (!(bool)(await Scalar(connection, TryTake, ct))!)
        {
            if (waited.Elapsed > wait)
            {
                throw new MigrationFailedException("MIGRATION_LOCK_BUSY", $"Another program has been migrating this database for {wait.TotalSeconds:0} s; nothing was changed.");
            }

            await Task.Delay(100, ct);
        }

        return new MigrationLock(connection);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection.State == System.Data.ConnectionState.Open)
        {
            await Scalar(_connection, Release, CancellationToken.None);
        }
    }

    private static async Task<object?> Scalar(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct);
    }
}
