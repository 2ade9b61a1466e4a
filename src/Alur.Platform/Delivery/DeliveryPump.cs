using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>
/// Carries due jobs to their destinations. Any number of pumps, in any number of processes, may run against one database; each needs nothing but it.
/// </summary>
public sealed class DeliveryPump(
    NpgsqlDataSource db, IEnumerable<IDeliveryChannel> channels, DeliveryOptions options, WakeUps? wakeUps = null, ILogger<DeliveryPump>? logger = null)
{
    private readonly IDeliveryChannel[] _channels = [.. channels];
    private readonly WakeUps _wakeUps = wakeUps ?? new WakeUps();

    internal PumpLog Log { get; } = new(logger ?? NullLogger<DeliveryPump>.Instance);

    /// <summary>
    /// Claims, sends and settles until nothing is due now or a limit says stop. Jobs that fall due meanwhile are taken along. When cancelled, calls in
    /// flight get <see cref="DeliveryOptions.StopGrace"/> to end, their results are settled, the rest is given back, and the result is returned.
    /// </summary>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing is lost, call again later.</exception>
    public Task<PumpResult> RunOnce(CancellationToken ct = default) => new PumpRound(db, _channels, options, _wakeUps, Log, ct).Run();
}
