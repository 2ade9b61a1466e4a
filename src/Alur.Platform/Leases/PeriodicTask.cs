using System.Data.Common;
using Alur.Platform.Alerts;
using Alur.Platform.Texts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Leases;

/// <summary>
/// A loop over RunOnce that at most one node runs at a time. While it runs, its lease is renewed and the run is cancelled if that fails; between two runs
/// the lease is kept until a little after the next one is due, so that another node takes over when this one is gone.
/// </summary>
public sealed partial class PeriodicTask(
    string name, TimeSpan interval, Func<LeaseGrant, CancellationToken, Task> runOnce, LeaseStore leases, ILogger<PeriodicTask> logger)
    : BackgroundService
{
    private readonly string _holder = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";
    private readonly TimeSpan _running = Clamp(interval, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
    private readonly TimeSpan _slack = Clamp(interval / 4, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    private bool _failing;

    /// <summary>Completes when the next run may come before its time; asked for again after every run. A hint: the interval is the truth.</summary>
    public Func<Task>? Hint { get; init; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LeaseGrant? grant = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Clamp(interval, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            var heeds = true;
            try
            {
                var began = DateTimeOffset.UtcNow;
                grant = await Take(grant, stoppingToken);
                if (grant is not null)
                {
                    await Run(grant, stoppingToken);
                    wait = Clamp(began + interval - DateTimeOffset.UtcNow, TimeSpan.Zero, interval);
                    if (!await leases.Renew(grant, wait + _slack, stoppingToken)) grant = null;
                }

                _failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception ex)
            {
                if (!_failing) LogFailed(name, SpeaksForItself(ex) ? null : ex, OutsideText.Clean(ex.Message).TrimEnd('.'));
                _failing = true;
                heeds = false; // a hint would turn what fails at once into a busy loop
            }

            await Task.WhenAny(!heeds || Hint is null || grant is null ? [Task.Delay(wait, stoppingToken)] : [Task.Delay(wait, stoppingToken), Hint()]);
        }

        if (grant is not null) await Release(grant);
    }

    // What another database says (a wrong password, no such column) needs no stack trace, nor does ours being away.
    private static bool SpeaksForItself(Exception ex) => ex is NpgsqlException ours ? ours.IsTransient : ex is DbException or DiskFullException or ISpeaksForItself;

    private async Task<LeaseGrant?> Take(LeaseGrant? held, CancellationToken ct) =>
        held is not null && await leases.Renew(held, _running, ct) ? held : await leases.TryTake(name, _holder, _running, ct);

    private async Task Run(LeaseGrant grant, CancellationToken ct)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var heartbeat = KeepAlive(grant, lost);
        try
        {
            await runOnce(grant, lost.Token);
        }
        finally
        {
            await lost.CancelAsync();
            await heartbeat;
        }
    }

    private async Task KeepAlive(LeaseGrant grant, CancellationTokenSource lost)
    {
        try
        {
            do
            {
                await Task.Delay(_running / 3, lost.Token);
            }
            while (await leases.Renew(grant, _running, lost.Token));
        }
        catch (Exception ex) when (ex is OperationCanceledException or NpgsqlException or TimeoutException)
        {
            // Over, or the database is away: then nobody else can take the lease either, and what the run does there is fenced.
        }
        finally
        {
            await lost.CancelAsync();
        }
    }

    private async Task Release(LeaseGrant grant)
    {
        try
        {
            await leases.Release(grant, CancellationToken.None);
        }
        catch (Exception ex) when (ex is NpgsqlException or TimeoutException or ObjectDisposedException)
        {
            // It runs out by itself.
        }
    }

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Task} failed ({Reason}); it is tried again, and this line appears once until it succeeds.")]
    private partial void LogFailed(string task, Exception? ex, string reason);
}

/// <summary>An exception whose message already tells a person what to do: it is logged without a stack trace.</summary>
public interface ISpeaksForItself;

/// <summary>Adds periodic tasks to a host.</summary>
public static class PeriodicTaskSetup
{
    /// <summary>Runs <paramref name="runOnce"/> at start and then every <paramref name="interval"/> (real time, start to start), on one node at a time.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">Name of the lease; the same on all nodes.</param>
    /// <param name="interval">From start to start.</param>
    /// <param name="runOnce">The work; its token is cancelled when the lease is lost or the host stops.</param>
    public static IServiceCollection AddPeriodicTask(
        this IServiceCollection services, string name, TimeSpan interval, Func<IServiceProvider, LeaseGrant, CancellationToken, Task> runOnce)
    {
        if (!services.Any(s => s.ServiceType == typeof(LeaseStore))) services.AddSingleton<LeaseStore>();
        return services.AddSingleton<IHostedService, PeriodicTask>(sp => new PeriodicTask(
            name,
            interval,
            (grant, ct) => runOnce(sp, grant, ct),
            sp.GetRequiredService<LeaseStore>(),
            sp.GetRequiredService<ILogger<PeriodicTask>>()));
    }
}
