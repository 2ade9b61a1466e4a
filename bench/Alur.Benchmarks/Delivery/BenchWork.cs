using System.Globalization;
using Alur.Platform.Delivery;

namespace Alur.Benchmarks.Delivery;

/// <summary>What there is to send, as the product's builder would have queued it.</summary>
internal static class BenchWork
{
    private static readonly (int Step, int Task)[] Tasks = [(10, 1), (40, 3), (50, 4), (60, 5)];

    /// <summary>Four tasks per visit in one lane.</summary>
    public static IEnumerable<NewDelivery> Ordered(string prefix, int visits) =>
        from visit in Enumerable.Range(1, visits)
        from task in Tasks
        select Job(Key(prefix, visit), task);

    /// <summary>As many jobs, each alone in its lane.</summary>
    public static IEnumerable<NewDelivery> Unordered(string prefix, int visits) =>
        from number in Enumerable.Range(1, visits * Tasks.Length)
        select Job(Key(prefix, number), Tasks[1]);

    private static string Key(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}/{number:000000}");

    private static NewDelivery Job(string key, (int Step, int Task) task)
    {
        var moment = new DateTimeOffset(2026, 1, 20, 1, 0, 0, TimeSpan.Zero).AddMinutes(task.Step);
        var payload = string.Create(CultureInfo.InvariantCulture, $$"""
            {"endpoint":"antrean/updatewaktu","task":"{{task.Task}}","body":{"kodebooking":"{{key}}","taskid":{{task.Task}},"waktu":{{moment.ToUnixTimeMilliseconds()}}},"waktu":"{{moment:yyyy-MM-ddTHH:mm:ssZ}}"}
            """);
        return new NewDelivery(key, task.Step, payload, CorrelationId: null);
    }
}
