using System.Collections.Concurrent;

namespace Alur.MariaDb.Sessions;

/// <summary>One dedicated thread for the asynchronous calls of one session. The C library blocks, and blocking the shared
/// thread pool on a slow hospital network would starve everything else.</summary>
internal sealed class SessionThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    internal SessionThread() => new Thread(Loop) { IsBackground = true, Name = "mariadb session" }.Start(_work);

    internal Task<T> Run<T>(Func<T> body)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(body());
            }
            catch (OperationCanceledException cancelled)
            {
                done.SetCanceled(cancelled.CancellationToken);
            }
#pragma warning disable CA1031 // whatever the call throws belongs to the caller who awaits it
            catch (Exception failure)
#pragma warning restore CA1031
            {
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    // Static over the queue alone, so that the thread keeps no session alive.
    private static void Loop(object? state)
    {
        var work = (BlockingCollection<Action>)state!;
        foreach (Action action in work.GetConsumingEnumerable())
            action();
        work.Dispose();
    }

    public void Dispose()
    {
        if (!_work.IsAddingCompleted)
            _work.CompleteAdding();
    }
}
