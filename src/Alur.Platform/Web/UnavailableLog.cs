using Microsoft.Extensions.Logging;

namespace Alur.Platform.Web;

/// <summary>
/// Tells that requests fail because of the database: the first at once, the others of each minute as one count. A database that is away fails every request,
/// and the same stack a thousand times hides what else the log says.
/// </summary>
internal sealed partial class UnavailableLog(TimeProvider clock, ILogger<UnavailableLog> log) : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _untold = new(StringComparer.Ordinal);
    private ITimer? _timer;

    /// <summary>Tells or counts one.</summary>
    /// <param name="route">Where it failed, without what a caller put into the path.</param>
    /// <param name="why">What the caller is told; told apart by it.</param>
    /// <param name="e">What the database or the network said.</param>
    public void Tell(string route, string why, Exception e)
    {
        lock (_lock)
        {
            if (_untold.TryGetValue(why, out var count))
            {
                _untold[why] = count + 1;
                return;
            }

            _untold[why] = 0;
            _timer ??= clock.CreateTimer(_ => TellRest(), null, Minute, Minute);
        }

        First(log, route, why, e.GetBaseException().Message);
    }

    public void Dispose() => _timer?.Dispose();

    private void TellRest()
    {
        List<KeyValuePair<string, int>> told;
        lock (_lock)
        {
            told = [.. _untold.Where(reason => reason.Value > 0)];
            _untold.Clear();
            foreach (var (why, _) in told) _untold[why] = 0; // it goes on: counted, until a minute passes without one
            if (told.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }

        foreach (var (why, count) in told) Rest(log, count, why);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The database was not reachable for {Route}: {Why} ({Said}) More of these are counted and told once a minute.")]
    private static partial void First(ILogger log, string route, string why, string said);

    [LoggerMessage(Level = LogLevel.Error, Message = "The database was not reachable for {Count} more requests within a minute: {Why}")]
    private static partial void Rest(ILogger log, int count, string why);
}
