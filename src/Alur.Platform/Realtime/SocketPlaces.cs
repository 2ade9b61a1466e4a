using Alur.Platform.Results;

namespace Alur.Platform.Realtime;

/// <summary>
/// So many sockets of this node, of one account, and of strangers from one address; a tenth of all is kept for those who have an account, because a stranger can come
/// from many addresses.
/// </summary>
internal sealed class SocketPlaces(RealtimeOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>No place for anybody.</summary>
    public bool AreTaken => Volatile.Read(ref _all) >= options.MaxSockets;

    /// <summary>Takes one until it is disposed of.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="address">Where a stranger comes from.</param>
    public Result<Place> Take(SocketCaller caller, string address)
    {
        var (of, most, room) = caller.User is { } user
            ? ($"account:{user.UserId}", SocketLimits.OfAccount, options.MaxSockets)
            : ($"address:{address}", options.SocketsPerAddress ?? Math.Max(1, options.MaxSockets / 4), options.MaxSockets - (options.MaxSockets / 10));
        lock (_gate)
        {
            if (_all >= room) return new RealtimeBusy();
            var taken = _taken.GetValueOrDefault(of);
            if (taken >= most) return new TooManySockets();
            _taken[of] = taken + 1;
            _all++;
            return new Place(this, of);
        }
    }

    private void Free(string of)
    {
        lock (_gate)
        {
            _all--;
            if (--_taken[of] == 0) _taken.Remove(of);
        }
    }

    /// <summary>A place that somebody has.</summary>
    internal sealed class Place(SocketPlaces places, string of) : IDisposable
    {
        private int _free;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _free, 1) == 0) places.Free(of);
        }
    }
}

/// <summary>One account, or one address of strangers, has as many sockets as it gets.</summary>
internal sealed record TooManySockets() : TooMany(
    "TOO_MANY_SOCKETS", "Too many sockets of this account are open, or of this address without an account. Close some, or sign in.", 30);
