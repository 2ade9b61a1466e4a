using System.Diagnostics;
using Confluent.Kafka;

namespace Alur.Kafka;

/// <summary>The client library blocks while it waits: on a thread of its own, in slices, so that nobody else waits for a thread and a lost lease ends it soon.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs something that blocks.</summary>
    public static Task<T> OnOwnThread<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Repeats a call that says "not yet" after a slice of time, until it is done. Its last refusal is thrown when patience is over.</summary>
    public static Task Until(Action<TimeSpan> call, TimeSpan patience, CancellationToken ct) => OnOwnThread(() =>
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                call(Slice);
                return true;
            }
            catch (KafkaRetriableException) when (Stopwatch.GetElapsedTime(began) < patience)
            {
                // The library goes on with what was begun when it is called again.
            }
        }
    });
}
