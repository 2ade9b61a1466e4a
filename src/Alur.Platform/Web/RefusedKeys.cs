using System.Net;
using Microsoft.Extensions.Logging;

namespace Alur.Platform.Web;

/// <summary>Tells of unknown and revoked API keys at a rate a log can bear, however fast somebody guesses.</summary>
internal sealed partial class RefusedKeys(ILogger<RefusedKeys> log)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private long _nextLine;
    private int _refused;

    /// <summary>Counts a refused request; the first of a minute says how many there were since the line before.</summary>
    public void Add(IPAddress? from)
    {
        Interlocked.Increment(ref _refused);
        var (next, now) = (Volatile.Read(ref _nextLine), Environment.TickCount64);
        if (now >= next && Interlocked.CompareExchange(ref _nextLine, now + (long)Quiet.TotalMilliseconds, next) == next)
        {
            Refused(log, Interlocked.Exchange(ref _refused, 0), from);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} request(s) with an unknown or revoked API key were refused, the last one from {Address}. This line appears at most once a minute.")]
    private static partial void Refused(ILogger log, int count, IPAddress? address);
}
