using System.Text.Json;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Realtime;
using Npgsql;

namespace Alur.Benchmarks.Fanout;

/// <summary>What is told: bookings of a school, on a topic that anybody may follow.</summary>
internal static class School
{
    public const string Topic = "availability";

    private const string Booked = "booking.created";
    private static readonly Actor Clerk = new("clerk-1", ActorKind.User);
    private static readonly EventTypes Known = new([new ModuleEventTypes("bench", Types)]);
    private static readonly StreamId Course = StreamId.Of("course", "piano");

    public static IReadOnlyList<EventType> Types => [new EventType(Booked, 1, "{}")];

    public static Topic Availability => new(Topic, [Booked], Tell);

    /// <summary>Commits one booking; its position, once it is committed.</summary>
    /// <param name="source">As the server's role.</param>
    /// <param name="note">What makes it longer.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<long> Book(NpgsqlDataSource source, string note, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var entry = new NewEntry(Booked, Clerk, DateTimeOffset.UtcNow) { Metadata = Booking(note) };
        var appended = await new AppendEntries(Known).Run(tx, [new StreamAppend(Course, [entry])], ct: ct);
        if (!appended.Ok) throw new InvalidOperationException(appended.Error.Message);
        await tx.CommitAsync(ct);
        return appended.Value.Entries[0].Position;
    }

    /// <summary>The very frame that a booking becomes, for the peers.</summary>
    public static string FrameText { get; } = System.Text.Encoding.UTF8.GetString(
        Frames.Broadcast(new TopicEvent(Topic, Booked, Booking("")), 100_000, "0123456789abcdef", DateTimeOffset.UtcNow).Bytes.Span);

    private static TopicEvent Tell(JournalEntry entry) => new(Topic, entry.Type, entry.Metadata ?? "{}");

    private static string Booking(string note) => JsonSerializer.Serialize(new { bookingId = Guid.CreateVersion7(), courseId = Guid.Empty, status = "pending", note });
}
