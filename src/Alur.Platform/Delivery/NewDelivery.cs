namespace Alur.Platform.Delivery;

/// <summary>A call that must succeed, to be made in order after every job of the same key with a smaller step.</summary>
/// <param name="Key">Lane key: one visit, one booking, one customer.</param>
/// <param name="Step">Place in the lane; (channel, key, step) names the job for ever.</param>
/// <param name="Payload">JSON handed to the channel as it is.</param>
/// <param name="CorrelationId">Ties the job to whatever caused it.</param>
/// <param name="MaxAttempts">Tries in total, the first included.</param>
public sealed record NewDelivery(string Key, int Step, string Payload, Guid? CorrelationId = null, int MaxAttempts = 5);

/// <summary>Limits of one destination account over all nodes; null means no limit.</summary>
/// <param name="MaxConcurrent">Lanes in flight.</param>
/// <param name="MaxPerSecond">Calls started per second.</param>
public sealed record ChannelLimits(int? MaxConcurrent = null, double? MaxPerSecond = null);

/// <summary>Which failed jobs to put back to PENDING; every condition given must hold, and at least one must be given.</summary>
/// <param name="JobIds">These jobs.</param>
/// <param name="Channel">Jobs of this channel.</param>
/// <param name="Code">Jobs whose last code is this.</param>
/// <param name="FailedFrom">Failed at or after this moment.</param>
/// <param name="FailedBefore">Failed before this moment.</param>
/// <param name="KeyPrefix">Jobs whose lane key begins so.</param>
/// <param name="Fingerprint">Jobs that failed for the same reason (<see cref="Delivery.Fingerprint"/>).</param>
public sealed record RequeueFilter(
    IReadOnlyList<long>? JobIds = null,
    string? Channel = null,
    string? Code = null,
    DateTimeOffset? FailedFrom = null,
    DateTimeOffset? FailedBefore = null,
    string? KeyPrefix = null,
    string? Fingerprint = null)
{
    internal bool IsEmpty => JobIds is null && Channel is null && Code is null && FailedFrom is null
        && FailedBefore is null && KeyPrefix is null && Fingerprint is null;
}
