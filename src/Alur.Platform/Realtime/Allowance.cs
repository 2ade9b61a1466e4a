namespace Alur.Platform.Realtime;

/// <summary>How much a client may say: so many messages a second, and a few more at once.</summary>
internal sealed class Allowance(long start)
{
    private double _left = SocketLimits.Burst;
    private long _at = start;

    /// <summary>Takes one.</summary>
    /// <param name="now">Milliseconds that never go back.</param>
    /// <returns>False: there is none left.</returns>
    public bool Take(long now)
    {
        _left = Math.Min(SocketLimits.Burst, _left + ((now - _at) / 1000.0 * SocketLimits.MessagesPerSecond));
        _at = now;
        if (_left < 1) return false;
        _left--;
        return true;
    }
}
