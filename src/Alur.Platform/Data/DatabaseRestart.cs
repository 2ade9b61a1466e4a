using System.Diagnostics;
using Npgsql;

namespace Alur.Platform.Data;

/// <summary>
/// For what a server does with the database before it runs: a database that restarts just then, perhaps with the whole machine, gets some time. A server that
/// runs needs none of this: its loops try again by themselves.
/// </summary>
public static class DatabaseRestart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Does it, again and again while the database is not there or goes away in the middle.</summary>
    /// <param name="work">Harmless to repeat after it broke off anywhere.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="NpgsqlException">The database refuses, or is still away after half a minute.</exception>
    public static Task Outlast(Func<Task> work, CancellationToken ct) => Outlast(work, Patience, ct);

    internal static async Task Outlast(Func<Task> work, TimeSpan patience, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (NpgsqlException e) when (IsPassing(e) && waited.Elapsed < patience)
            {
                await Task.Delay(Pause, ct);
            }
        }
    }

    private static bool IsPassing(NpgsqlException e) => e.IsTransient || e.SqlState is
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow;
}
