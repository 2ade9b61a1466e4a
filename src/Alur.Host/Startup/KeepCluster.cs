using Alur.Platform.Postgres;

namespace Alur.Host.Startup;

/// <summary>Starts the embedded database again when it died (out of memory, killed by hand). Does nothing with a configured server.</summary>
internal sealed partial class KeepCluster(ILogger<KeepCluster> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private DatabaseSession? _database;

    /// <summary>From now on keep this database running, if it is an embedded one.</summary>
    public void Watch(DatabaseSession database) => _database = database;

    /// <summary>Looks once; returns whether it had to start the database.</summary>
    public async Task<bool> RunOnce(CancellationToken ct)
    {
        if (_database?.Embedded is not { } embedded || PrivateCluster.IsAlive(_database.Directory!))
        {
            return false;
        }

        try
        {
            var cluster = await PrivateCluster.EnsureRunning(embedded, ct);
            if (!cluster.Adopted)
            {
                Restarted(log);
            }

            return !cluster.Adopted;
        }
        catch (PostgresUnavailableException e)
        {
            Refused(log, e.Code, e.Message);
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await RunOnce(stoppingToken);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The embedded database had ended and was started again")]
    private static partial void Restarted(ILogger logger);

    [LoggerMessage(2, LogLevel.Error, "The embedded database does not run: {Code} {Message}")]
    private static partial void Refused(ILogger logger, string code, string message);
}
