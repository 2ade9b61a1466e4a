using System.Diagnostics;

namespace Alur.Benchmarks.Fanout;

/// <summary>Many followers of one server.</summary>
internal sealed class Followers : IDisposable
{
    private const int AtOnce = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Follower> _all = [];
    private TaskCompletionSource<long> _last = new();
    private int _missing;

    /// <summary>Connected, all of them following.</summary>
    public static async Task<Followers> Connect(Uri url, int count, CancellationToken ct)
    {
        var followers = new Followers();
        for (var i = 0; i < count; i++) followers._all.Add(new Follower(followers.OneHasIt));
        await Parallel.ForEachAsync(followers._all, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (follower, cancel) => await follower.Connect(url, cancel));
        return followers;
    }

    /// <summary>
    /// Milliseconds until the last follower has the next broadcast.
    /// </summary>
    /// <param name="publish">Makes it happen; the clock runs from its end.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="TimeoutException">Somebody did not get it.</exception>
    public async Task<double> Time(Func<Task> publish, CancellationToken ct)
    {
        _last = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _missing, _all.Count);
        await publish();
        var began = Stopwatch.GetTimestamp();
        return Math.Max(0, Stopwatch.GetElapsedTime(began, await _last.Task.WaitAsync(Patience, ct)).TotalMilliseconds);
    }

    /// <summary>Gone without a goodbye.</summary>
    public void Drop() => _all.ForEach(follower => follower.Drop());

    public void Dispose() => _all.ForEach(follower => follower.Dispose());

    private void OneHasIt()
    {
        if (Interlocked.Decrement(ref _missing) == 0) _last.TrySetResult(Stopwatch.GetTimestamp());
    }
}
