using Alur.Platform.Postgres;

namespace Alur.Host.Startup;

/// <summary>Starts the embedded database again when it died (out of memory, killed by hand). Does nothing with a configured server.</summary>
internal sealed partial class KeepCluster(ILogger<KeepCluster> log) : BackgroundService
{
    private DatabaseSession? _database;
    private bool _failing;

    /// <summary>From one look to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From now on keep this database running, if it is an embedded one.</summary>
    public void Watch(DatabaseSession database) => _database = database;

    /// <summary>Looks once; returns whether it had to start the database.</summary>
    public async Task<bool> RunOnce(CancellationToken ct)
    {
        try
        {
            if (_database?.Embedded is not { } embedded || PrivateCluster.IsAlive(_database.Directory!))
            {
                _failing = false;
                return false;
            }

            var cluster = await PrivateCluster.EnsureRunning(embedded, ct);
            if (!cluster.Adopted)
            {
                Restarted(log);
            }

            _failing = false;
            return !cluster.Adopted;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            if (!_failing)
            {
                Refused(log, (e as PostgresUnavailableException)?.Code ?? e.GetType().Name, e.Message);
            }

            _failing = true;
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

    [LoggerMessage(2, LogLevel.Error, "The embedded database does not run: {Code} {Message} It is tried again, and this line appears once until it succeeds.")]
    private static partial void Refused(ILogger logger, string code, string message);
}
