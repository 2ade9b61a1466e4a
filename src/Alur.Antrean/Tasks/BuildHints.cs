using System.Collections.Concurrent;

namespace Alur.Antrean.Tasks;

/// <summary>Hints inside this process that a site's builder may have something to do. Losing one costs at most one interval.</summary>
internal sealed class BuildHints
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _signals = new(StringComparer.Ordinal);

    /// <summary>Something changed: a poll found differences, or a registration was accepted.</summary>
    public void Hint(string siteCode) => Signal(siteCode).TrySetResult();

    /// <summary>Completes with the next hint; hints given before the last completed wait are not seen again.</summary>
    public async Task Next(string siteCode)
    {
        await Signal(siteCode).Task;
        _signals.TryRemove(siteCode, out _);
    }

    private TaskCompletionSource Signal(string siteCode) =>
        _signals.GetOrAdd(siteCode, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
