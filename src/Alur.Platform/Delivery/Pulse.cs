namespace Alur.Platform.Delivery;

/// <summary>"Something happened" for one waiter; any number of beats before the wait count as one.</summary>
internal sealed class Pulse
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Beat()
    {
        lock (_gate) _next.TrySetResult();
    }

    /// <summary>Waits for a beat, for <paramref name="other"/> to complete, or for the time to pass.</summary>
    public async Task Wait(TimeSpan longest, Task? other = null)
    {
        Task beat;
        lock (_gate) beat = _next.Task;
        if (!beat.IsCompleted && other is not { IsCompleted: true })
        {
            using var done = new CancellationTokenSource();
            await Task.WhenAny(beat, other ?? beat, Task.Delay(longest, done.Token));
            await done.CancelAsync();
        }

        lock (_gate)
        {
            if (_next.Task.IsCompleted) _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
