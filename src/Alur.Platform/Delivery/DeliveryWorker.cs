using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>The loop: run once, then wait for a hint, a limit or the interval, whichever comes first; after a failure always the interval.</summary>
public sealed class DeliveryWorker(DeliveryPump pump, DeliveryOptions options, WakeUps wakeUps) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var (wait, failed) = (options.WorkerInterval, true);
            try
            {
                var result = await pump.RunOnce(stoppingToken);
                pump.Log.PumpIsBack();
                failed = false;
                if (result.NextIn < wait) wait = result.NextIn.Value;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception ex) when (ex is NpgsqlException or TimeoutException or IOException)
            {
                pump.Log.DatabaseIsAway(ex);
            }
            catch (Exception ex)
            {
                pump.Log.PumpFailed(ex);
            }

            // A hint that came before the failure still stands: heeding it would make this a busy loop for as long as the database is away.
            var pause = Task.Delay(wait, stoppingToken);
            await Task.WhenAny(failed ? pause : wakeUps.LocalHint(), pause);
        }
    }
}
