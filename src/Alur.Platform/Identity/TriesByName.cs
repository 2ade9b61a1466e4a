using System.Threading.RateLimiting;
using Alur.Platform.Results;
using Alur.Platform.Web;

namespace Alur.Platform.Identity;

/// <summary>
/// Counts tries by the name that they are made with, wherever they come from and whether there is such an account or not: every password that is looked at
/// takes a processor, also one for an account that is locked. On each node by itself, unlike the lock, which the database holds for all of them.
/// </summary>
internal sealed class TriesByName(IdentityOptions options) : IDisposable
{
    // By digest: a name may be as long as a request.
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(
        name => RateLimits.PerMinute(Convert.ToHexString(Secrets.Hash(name)), options.TriesPerName));

    /// <summary>Counts one. Refused: <c>TOO_MANY_REQUESTS</c>.</summary>
    public TooMany? Count(string name)
    {
        using var lease = _limiter.AttemptAcquire(name);
        return lease.IsAcquired ? null : RateLimits.Refusal;
    }

    public void Dispose() => _limiter.Dispose();
}
