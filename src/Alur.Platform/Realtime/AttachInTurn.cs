using System.Threading.RateLimiting;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>What attaching gave.</summary>
/// <param name="Device">Null: there is no room for one more device of the person, who gets a socket without one.</param>
internal sealed record Attachment(Device? Device);

/// <summary>
/// Attaches a few at once, of one account and of the node: a handshake is open to everybody, so nothing else keeps those of one account, or those that wait for one
/// lock, from taking every connection to the database.
/// </summary>
internal sealed class AttachInTurn(AttachDevice attach) : IDisposable
{
    public const int OfAccount = 4;
    public const int OfNode = 16;

    private const int MostWaiting = 2000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly PartitionedRateLimiter<Guid> _accounts = PartitionedRateLimiter.Create<Guid, Guid>(user => RateLimitPartition.GetConcurrencyLimiter(user, _ => Places(OfAccount)));
    private readonly ConcurrencyLimiter _node = new(Places(OfNode));

    /// <summary>Attaches when it is their turn.</summary>
    /// <returns><see cref="RealtimeBusy"/>: their turn did not come for 5 seconds, or somebody holds what it takes.</returns>
    public async Task<Result<Attachment>> Run(SignedInUser user, AuditOrigin from, string? asked, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var own = await _accounts.AcquireAsync(user.UserId, 1, patience.Token);
            using var place = own.IsAcquired ? await _node.AcquireAsync(1, patience.Token) : own;
            return place.IsAcquired ? new Attachment(await attach.Run(user, from, asked, ct)) : new RealtimeBusy();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new RealtimeBusy();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return new RealtimeBusy();
        }
    }

    public void Dispose()
    {
        _accounts.Dispose();
        _node.Dispose();
    }

    private static ConcurrencyLimiterOptions Places(int permits) => new() { PermitLimit = permits, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };
}
