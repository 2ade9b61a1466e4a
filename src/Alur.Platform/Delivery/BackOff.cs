namespace Alur.Platform.Delivery;

/// <summary>How long to wait before the next attempt. Pure: the randomness is an argument.</summary>
public static class BackOff
{
    /// <summary>Wait after the failed attempt number <paramref name="attempt"/>: base × 2^(attempt − 1), spread by the jitter, never above the cap.</summary>
    /// <param name="attempt">From 1.</param>
    /// <param name="first">Wait after the first attempt, before jitter.</param>
    /// <param name="cap">Longest wait, jitter included.</param>
    /// <param name="jitter">0.1 spreads over ±10 %.</param>
    /// <param name="random">In [0, 1): where in the spread this wait falls.</param>
    public static TimeSpan After(int attempt, TimeSpan first, TimeSpan cap, double jitter, double random)
    {
        var doublings = Math.Clamp(attempt - 1, 0, 62);
        var wait = Math.Min(first.TotalMilliseconds * Math.Pow(2, doublings), cap.TotalMilliseconds);
        var spread = wait * (1 + jitter * (2 * random - 1));
        return TimeSpan.FromMilliseconds(Math.Min(spread, cap.TotalMilliseconds));
    }
}
