using System.Diagnostics;

namespace Alur.MariaDb.Sessions;

/// <summary>How long one command may still wait for the server, over all its calls (execute, every block of rows, the next result),
/// and the tokens that end it early.</summary>
internal sealed class CallBudget : IDisposable
{
    // As far as a timer reaches.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);
    private readonly CancellationTokenSource _cancelledByHand = new();
    private TimeSpan _left;

    internal CallBudget(TimeSpan timeout) => _left = Limit = timeout > Longest ? Longest : timeout;

    /// <summary>The whole budget; zero is no limit.</summary>
    internal TimeSpan Limit { get; }

    internal CancellationToken ByHand => _cancelledByHand.Token;

    /// <summary>Time for the next call; null is no limit.</summary>
    internal TimeSpan? Left => Limit == TimeSpan.Zero ? null : _left > TimeSpan.Zero ? _left : TimeSpan.FromMilliseconds(1);

    internal void Spend(long startedAt) => _left -= Stopwatch.GetElapsedTime(startedAt);

    /// <summary>DbCommand.Cancel: from any thread, at any time.</summary>
    internal void Cancel()
    {
        try
        {
            _cancelledByHand.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command ended in the same moment.
        }
    }

    public void Dispose() => _cancelledByHand.Dispose();
}
