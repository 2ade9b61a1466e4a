using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>The loop: run once, then wait for a hint, a limit or the interval, whichever comes first.</summary>
public sealed class DeliveryWorker(DeliveryPump pump, DeliveryOptions options, WakeUps wakeUps) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = options.WorkerInterval;
            try
            {
                var result = await pump.RunOnce(stoppingToken);
                pump.Log.DatabaseIsBack();
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

            await Task.WhenAny(wakeUps.LocalHint(), Task.Delay(wait, stoppingToken));
        }
    }
}
