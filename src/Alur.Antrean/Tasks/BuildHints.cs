using System.Collections.Concurrent;

namespace Alur.Antrean.Tasks;

/// <summary>Hints inside this process that a site's builder may have something to do.</summary>
internal sealed class BuildHints : SiteHints;

/// <summary>Hints inside this process that somebody waits for a site's next poll.</summary>
internal sealed class PollHints : SiteHints;

/// <summary>Wakes a site's loop before its interval is over. Losing a hint costs at most one interval.</summary>
internal abstract class SiteHints
{
    /// <summary>Lets what was hinted at commit (a registration is hinted when its call ends, a moment before it is settled), and takes several hints as one.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _signals = new(StringComparer.Ordinal);

    /// <summary>There is something to do, such as what a poll found different.</summary>
    public void Hint(string siteCode) => Signal(siteCode).TrySetResult();

    /// <summary>Completes shortly after the next hint.</summary>
    public async Task Next(string siteCode)
    {
        var signal = Signal(siteCode);
        await signal.Task;
        await Task.Delay(Gathering);
        _signals.TryRemove(KeyValuePair.Create(siteCode, signal));
    }

    private TaskCompletionSource Signal(string siteCode) =>
        _signals.GetOrAdd(siteCode, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
