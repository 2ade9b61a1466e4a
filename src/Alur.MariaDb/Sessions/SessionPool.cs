using System.Diagnostics;

namespace Alur.MariaDb.Sessions;

/// <summary>At most <see cref="MariaDbConnectionOptions.MaxPoolSize"/> sessions; the most recently used idle one is given out first.</summary>
internal sealed class SessionPool(MariaDbConnectionOptions options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.MaxPoolSize, options.MaxPoolSize);
    private readonly Lock _gate = new();
    private readonly List<Session> _idle = [];
    private int _generation;
    private bool _disposed;

    internal Lease Take()
    {
        if (!_places.Wait(options.PoolTimeout))
            throw Exhausted();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(MariaDbDataSource));
            int generation = _generation;
            while (PopIdle() is { } idle)
            {
                if (idle.IsFit(options.PingAfter))
                    return new Lease(this, idle, generation);
                idle.Dispose();
            }
            return new Lease(this, Session.Open(options), generation);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    internal async Task<Lease> TakeAsync(CancellationToken cancellation)
    {
        if (!await _places.WaitAsync(options.PoolTimeout, cancellation))
            throw Exhausted();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(MariaDbDataSource));
            int generation = _generation;
            while (PopIdle() is { } idle)
            {
                if (await idle.RunAsync(() => idle.IsFit(options.PingAfter)))
                    return new Lease(this, idle, generation);
                idle.Dispose();
            }
            return new Lease(this, await OpenAsync(cancellation), generation);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    /// <summary>Closes idle sessions now and borrowed ones when they come back.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            _generation++;
            _idle.ForEach(session => session.Dispose());
            _idle.Clear();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        Clear();
    }

    private async Task<Session> OpenAsync(CancellationToken cancellation)
    {
        var thread = new SessionThread();
        Task<Session> opening = thread.Run(() => Session.Open(options));
        try
        {
            Session session = await opening.WaitAsync(cancellation);
            session.UseThread(thread);
            return session;
        }
        catch (Exception failure)
        {
            thread.Dispose();
            // Nobody waits any more for what a cancelled attempt may still bring.
            if (failure is OperationCanceledException)
                _ = opening.ContinueWith(late => late.Result.Dispose(), CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private Session? PopIdle()
    {
        lock (_gate)
        {
            if (_idle.Count == 0)
                return null;
            Session last = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return last;
        }
    }

    private void Return(Session session, int generation)
    {
        bool keep = session.TryReset();
        var expired = new List<Session>();
        lock (_gate)
        {
            keep &= !_disposed && generation == _generation;
            if (keep)
                _idle.Add(session);
            else
                expired.Add(session);
            expired.AddRange(_idle.Where(idle => Stopwatch.GetElapsedTime(idle.IdleSince) > options.IdleLifetime));
            _idle.RemoveAll(expired.Contains);
        }
        expired.ForEach(old => old.Dispose());
        _places.Release();
    }

    private MariaDbException Exhausted() => new(
        Native.ErrorNumber.TooManyConnections, "08004",
        $"All {options.MaxPoolSize} connections to {options} are in use and none became free within {options.PoolTimeout.TotalSeconds:0.#} s.");

    /// <summary>A session on loan; returned exactly once.</summary>
    internal sealed class Lease(SessionPool pool, Session session, int generation)
    {
        private int _returned;

        internal Session Session => session;

        internal void Return()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
                pool.Return(session, generation);
        }
    }
}
