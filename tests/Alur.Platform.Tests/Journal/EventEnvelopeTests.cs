using System.Text;
using System.Text.Json;
using Alur.Platform.Identity;
using Alur.Platform.Journal;

namespace Alur.Platform.Tests.Journal;

public sealed class EventEnvelopeTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 20, 1, 2, 3, 456, TimeSpan.Zero);

    private static readonly JournalEntry Entry = new(
        412, Guid.Parse("0199d1c2-0000-7000-8000-000000000001"), StreamId.Of("clinic.visit", "01JD"), 3, "clinic.PAYMENT_RECEIVED", 2, "Siti paid",
        """{"amount": 1.50, "bill": "b"}""", new Actor("siti@rs.example", ActorKind.User), At, At.AddSeconds(1), Guid.Parse("0199d1c2-0000-7000-8000-000000000002"), 2);

    [Fact]
    public void An_entry_leaves_the_house_with_all_that_names_nobody() => Assert.Equal(
        """
        {"id":"0199d1c2-0000-7000-8000-000000000001","type":"clinic.PAYMENT_RECEIVED","schema_version":2,"stream":{"kind":"clinic.visit","key":"01JD"},"version":3,"position":412,"performed_at":"2026-01-20T01:02:03.456Z","recorded_at":"2026-01-20T01:02:04.456Z","actor_kind":"USER","correlation_id":"0199d1c2-0000-7000-8000-000000000002","corrects":2,"metadata":{"amount": 1.50, "bill": "b"}}
        """,
        Encoding.UTF8.GetString(EventEnvelope.Utf8(Entry)));

    [Fact]
    public void Who_acted_and_what_people_wrote_stay_at_home() => Assert.All(
        (string[])["siti@", "Siti", "paid"], word => Assert.DoesNotContain(word, Encoding.UTF8.GetString(EventEnvelope.Utf8(Entry)), StringComparison.Ordinal));

    [Fact]
    public void What_an_entry_has_not_is_null()
    {
        var bare = JsonDocument.Parse(EventEnvelope.Utf8(Entry with { Metadata = null, CorrelationId = null, Corrects = null })).RootElement;
        Assert.All((string[])["metadata", "correlation_id", "corrects"], name => Assert.Equal(JsonValueKind.Null, bare.GetProperty(name).ValueKind));
    }
}
