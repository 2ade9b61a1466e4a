namespace Alur.Platform.Delivery;

/// <summary>A round that was asked to stop: no new calls from now on, calls in flight a little later.</summary>
internal sealed class Stopping : IDisposable
{
    private readonly CancellationTokenSource _callsMustEnd = new();
    private readonly TaskCompletionSource _askedSource = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _asked;

    public Stopping(TimeSpan grace, CancellationToken ct)
    {
        Asking = ct;
        _asked = ct.Register(() =>
        {
            _callsMustEnd.CancelAfter(grace);
            _askedSource.TrySetResult();
        });
    }

    public CancellationToken Asking { get; }

    public bool Asked => Asking.IsCancellationRequested;

    /// <summary>Completes when the stop was asked for.</summary>
    public Task AskedTask => _askedSource.Task;

    public CancellationToken CallsMustEnd => _callsMustEnd.Token;

    public void Dispose()
    {
        _asked.Dispose();
        _callsMustEnd.Dispose();
    }
}
