using System.Diagnostics;

namespace Alur.MariaDb.Sessions;

/// <summary>At most <see cref="MariaDbConnectionOptions.MaxPoolSize"/> sessions; the most recently used idle one is given out first.</summary>
internal sealed class SessionPool : IDisposable
{
    // As far as a timer reaches.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);
    private readonly MariaDbConnectionOptions _options;
    private readonly SemaphoreSlim _places;
    private readonly Timer _sweep;
    private readonly Lock _gate = new();
    private readonly List<Session> _idle = []; // the longest idle first
    private int _generation;
    private bool _disposed;

    internal SessionPool(MariaDbConnectionOptions options)
    {
        _options = options;
        _places = new SemaphoreSlim(options.MaxPoolSize, options.MaxPoolSize);
        _sweep = new Timer(_ => Sweep(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal Lease Take()
    {
        if (!_places.Wait(_options.PoolTimeout))
            throw Exhausted();
        try
        {
            int generation = CurrentGeneration();
            while (PopIdle() is { } idle)
            {
                if (idle.IsFit(_options.PingAfter))
                    return new Lease(this, idle, generation);
                idle.Dispose();
            }
            return new Lease(this, Session.Open(_options), generation);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    internal async Task<Lease> TakeAsync(CancellationToken cancellation)
    {
        if (!await _places.WaitAsync(_options.PoolTimeout, cancellation))
            throw Exhausted();
        Task<Session>? opening = null;
        try
        {
            int generation = CurrentGeneration();
            while (PopIdle() is { } idle)
            {
                if (await idle.RunAsync(() => idle.IsFit(_options.PingAfter)))
                    return new Lease(this, idle, generation);
                idle.Dispose();
            }
            opening = OpenOnItsThread();
            return new Lease(this, await opening.WaitAsync(cancellation), generation);
        }
        catch (OperationCanceledException) when (opening is not null)
        {
            // Nobody waits any more for what the attempt may still bring, but until it ends it is one connection to the server.
            _ = opening.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
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
        Session[] idle;
        lock (_gate)
        {
            _generation++;
            idle = [.. _idle];
            _idle.Clear();
        }
        Array.ForEach(idle, session => session.Dispose());
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _sweep.Dispose();
        Clear();
    }

    private Task<Session> OpenOnItsThread()
    {
        var thread = new SessionThread();
        return thread.Run(() =>
        {
            try
            {
                Session session = Session.Open(_options);
                session.UseThread(thread);
                return session;
            }
            catch
            {
                thread.Dispose();
                throw;
            }
        });
    }

    private void Forget(Task<Session> opening)
    {
        if (opening.IsCompletedSuccessfully)
            opening.Result.Dispose();
        _ = opening.Exception;
        _places.Release();
    }

    private int CurrentGeneration()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(MariaDbDataSource));
            return _generation;
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
        bool keep = IsCurrent(generation) && session.TryReset();
        lock (_gate)
        {
            keep &= IsCurrent(generation);
            if (keep)
            {
                _idle.Add(session);
                SweepAgain();
            }
        }
        if (!keep)
            session.Dispose();
        _places.Release();
    }

    private bool IsCurrent(int generation)
    {
        lock (_gate)
            return !_disposed && generation == _generation;
    }

    /// <summary>A hospital's server should not carry connections that nobody has used for long.</summary>
    private void Sweep()
    {
        List<Session> expired;
        lock (_gate)
        {
            expired = [.. _idle.TakeWhile(idle => Remaining(idle) <= TimeSpan.Zero)];
            _idle.RemoveRange(0, expired.Count);
            SweepAgain();
        }
        expired.ForEach(session => session.Dispose());
    }

    private void SweepAgain()
    {
        if (_disposed || _idle.Count == 0)
            return;
        TimeSpan wait = Remaining(_idle[0]);
        _sweep.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Remaining(Session idle) =>
        (_options.IdleLifetime < LongestWait ? _options.IdleLifetime : LongestWait) - Stopwatch.GetElapsedTime(idle.IdleSince);

    private MariaDbException Exhausted() => new MariaDbException(
        Native.ErrorNumber.TooManyConnections, "08004",
        $"All {_options.MaxPoolSize} connections to {_options} are in use and none became free within {_options.PoolTimeout.TotalSeconds:0.#} s.")
        .Of(_options.Label);

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
