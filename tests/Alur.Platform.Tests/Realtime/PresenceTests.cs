using System.Text.Json.Nodes;
using Alur.Testing;

namespace Alur.Platform.Tests.Realtime;

/// <summary>Who follows a topic, on whichever node.</summary>
public sealed class PresenceTests(PatientSchoolFixture fixture) : DeviceTests(fixture)
{
    [Fact]
    public async Task Whoever_may_follow_a_topic_is_told_how_many_people_do_on_all_nodes_and_who_they_are()
    {
        var (siti, budi) = (await School.Enrol("admin"), await School.Enrol("admin"));
        await using var other = await School.Open(School.App);
        var (first, _) = await School.Attach(siti);
        var (second, _) = await School.Attach(siti);
        var (third, _) = await other.Attach(budi);
        foreach (var line in (Line[])[first, second, third]) await line.Follow("desk:piano");

        await Eventually.True(async () => (int)(await Presence(first, "desk:piano"))["count"]! == 2);

        var answer = await Presence(first, "desk:piano");
        Assert.Equal(new HashSet<Guid> { siti.Id, budi.Id }, answer["users"]!.AsArray().Select(user => Guid.Parse((string)user!["id"]!)).ToHashSet());
        Assert.All(answer["users"]!.AsArray(), user => Assert.Equal("Siti", (string?)user!["name"]));
        third.Wire.Abort();
        await Eventually.True(async () => (int)(await Presence(first, "desk:piano"))["count"]! == 1);
        await second.Say(new { type = "unsubscribe", topic = "desk:piano" });
        await first.Say(new { type = "unsubscribe", topic = "desk:piano" });
        await first.Next();
        await Eventually.True(async () => (int)(await Presence(first, "desk:piano"))["count"]! == 0);
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public async Task A_public_topic_names_nobody_and_counts_only_people_with_an_account()
    {
        var (line, _) = await School.Attach(await School.Enrol());
        using var stranger = await School.Connect();
        await line.Follow("availability");
        await stranger.Follow("availability");

        await Eventually.True(async () => (int)(await Presence(stranger, "availability"))["count"]! == 1);

        Assert.Null((await Presence(line, "availability"))["users"]);
        line.Dispose();
    }

    [Theory]
    [InlineData("desk:piano", "TOPIC_FORBIDDEN")]
    [InlineData("changes", "PRESENCE_UNKNOWN")]
    [InlineData("rumours", "TOPIC_UNKNOWN")]
    public async Task Of_other_topics_nobody_is_told_who_is_there(string topic, string code)
    {
        var (line, _) = await School.Attach(await School.Enrol());

        Assert.Equal(code, (string?)(await Presence(line, topic))["code"]);
        line.Dispose();
    }

    [Fact]
    public async Task Who_may_ask_how_many_is_not_told_who_they_are_if_the_topic_does_not_say_so()
    {
        var (line, _) = await School.Attach(await School.Enrol("admin"));
        await line.Follow("desk:secret");

        await Eventually.True(async () => (int)(await Presence(line, "desk:secret"))["count"]! == 1);

        Assert.Null((await Presence(line, "desk:secret"))["users"]);
        line.Dispose();
    }

    private static async Task<JsonNode> Presence(Line line, string topic)
    {
        await line.Say(new { type = "presence", topic });
        return await line.Next();
    }
}
