using System.Text;
using Alur.Platform.Realtime;
using Alur.Platform.Webhooks;

namespace Alur.Platform.Tests.Realtime;

public sealed class FrameTests
{
    // A clock of this machine has a digit more than the database keeps.
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 1, 20, 8, 2, 3, TimeSpan.FromHours(7)).AddTicks(1234567);

    [Fact]
    public void Times_in_frames_have_the_microseconds_of_all_answers_and_no_more() => Assert.Equal(
        """{"type":"heartbeat","at":"2026-01-20T01:02:03.123456Z"}""", Encoding.UTF8.GetString(Frames.Heartbeat(Now).Bytes.Span));

    [Fact]
    public void Times_in_webhooks_have_the_microseconds_of_all_answers_and_no_more() => Assert.StartsWith(
        """{"type":"webhook.test","timestamp":"2026-01-20T01:02:03.123456Z",""", QueuedEvent.Of(new WebhookEvent(TestWebhook.Type, Guid.Empty, "{}", Now, "x")).Body, StringComparison.Ordinal);

    [Fact]
    public void A_whole_second_has_no_fraction() => Assert.EndsWith(
        "\"2026-01-20T01:02:03Z\"}", Encoding.UTF8.GetString(Frames.Heartbeat(Now.AddTicks(-1234567)).Bytes.Span), StringComparison.Ordinal);
}
