using Alur.Platform.Realtime;

namespace Alur.Platform.Tests.Realtime;

/// <summary>What people are told for themselves, on every device, whether they are there or not.</summary>
public sealed class MessageTests(PatientSchoolFixture fixture) : DeviceTests(fixture)
{
    [Fact]
    [Trait("Spec", "D-515")]
    public async Task A_message_reaches_every_device_and_each_acknowledges_for_itself()
    {
        var siti = await School.Enrol();
        var (phone, _) = await School.Attach(siti);
        var (desk, deskId) = await School.Attach(siti);

        var id = (await School.Send(siti.Message("""{"text":"halo"}""", MessagePriorities.High))).Single();

        var heard = await phone.Message();
        Assert.Equal((id, "system_alert", -10, "halo"), (IdOf(heard), (string?)heard["event_type"], (int)heard["priority"]!, (string?)heard["payload"]!["text"]));
        Assert.NotNull((string?)heard["created_at"]);
        await phone.Acknowledge(id);
        Assert.Equal(id, IdOf(await desk.Message()));
        Assert.Equal([$"{deskId} 1 True"], await Queue(siti));
        Assert.Equal(["False", "True"], await Events(id));
        await desk.Acknowledge(id);
        Assert.Empty(await Queue(siti));
        Assert.Equal(["True", "True"], await Events(id));
        phone.Dispose();
        desk.Dispose();
    }

    [Fact]
    [Trait("Spec", "D-511"), Trait("Spec", "D-510"), Trait("Spec", "D-351")]
    public async Task What_was_sent_while_nobody_was_there_waits_for_the_first_device_the_most_urgent_first()
    {
        var siti = await School.Enrol();
        int[] priorities = [MessagePriorities.Low, MessagePriorities.Critical, MessagePriorities.Medium, MessagePriorities.High, MessagePriorities.Critical];
        var ids = await School.Send([.. priorities.Select(p => siti.Message(priority: p))]);
        Assert.All(await Queue(siti), row => Assert.Equal(" 0 False", row));

        var (line, _) = await School.Attach(siti);

        foreach (var next in (int[])[1, 4, 3, 2, 0]) Assert.Equal(ids[next], IdOf(await line.Message()));
        line.Dispose();
    }

    [Fact]
    public async Task A_device_that_comes_back_gets_what_it_did_not_acknowledge_and_nothing_that_it_did()
    {
        var siti = await School.Enrol();
        var (line, id) = await School.Attach(siti);
        var ids = await School.Send(siti.Message(), siti.Message(), siti.Message());
        foreach (var _ in ids) await line.Message();
        await line.Acknowledge(ids[1]);
        line.Wire.Abort();
        var later = (await School.Send(siti.Message(priority: MessagePriorities.Critical))).Single();

        var (again, sameId) = await School.Attach(siti, id);

        Assert.Equal(id, sameId);
        foreach (var next in (Guid[])[later, ids[0], ids[2]]) Assert.Equal(next, IdOf(await again.Message()));
        await again.IsSilent();
        await again.Acknowledge(later, ids[0], ids[2]);
        Assert.Empty(await Queue(siti));
        again.Dispose();
    }

    [Fact]
    public async Task A_new_device_gets_what_no_device_has_acknowledged()
    {
        var siti = await School.Enrol();
        var (closed, _) = await School.Attach(siti);
        var ids = await School.Send(siti.Message(), siti.Message());
        await closed.Message();
        await closed.Message();
        await closed.Acknowledge(ids[0]);
        closed.Wire.Abort();

        var (fresh, _) = await School.Attach(siti);

        Assert.Equal(ids[1], IdOf(await fresh.Message()));
        await fresh.Acknowledge(ids[1]);
        var (third, _) = await School.Attach(siti);
        await HasNothing(third, siti);
        await HasNothing(fresh, siti, sent: true);
        fresh.Dispose();
        third.Dispose();
    }

    [Fact]
    [Trait("Spec", "D-558")]
    public async Task A_connection_id_of_somebody_else_or_of_nobody_gives_a_new_device()
    {
        var (siti, budi) = (await School.Enrol(), await School.Enrol());
        var (line, id) = await School.Attach(siti);
        await School.Send(siti.Message());
        await line.Message();

        foreach (var asked in (string[])[id, "0123456789abcdef0123456789abcdef", "x", "%27"])
        {
            var (other, own) = await School.Attach(budi, asked);
            Assert.Matches("^[0-9a-f]{32}$", own);
            Assert.NotEqual(asked, own);
            await HasNothing(other, budi);
            other.Dispose();
        }

        await line.IsSilent();
        line.Dispose();
    }

    [Fact]
    public async Task To_acknowledge_what_is_somebody_elses_or_nothing_changes_nothing()
    {
        var (siti, budi) = (await School.Enrol(), await School.Enrol());
        var (line, _) = await School.Attach(siti);
        var (other, _) = await School.Attach(budi);
        var id = (await School.Send(siti.Message())).Single();
        await line.Message();

        await other.Acknowledge(id, Guid.NewGuid());
        Assert.Single(await Queue(siti));
        await line.Acknowledge(id, id);
        await line.Acknowledge(id);

        Assert.Empty(await Queue(siti));
        line.Dispose();
        other.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_newer_socket_of_a_device_takes_its_place_on_whichever_node(bool elsewhere)
    {
        var siti = await School.Enrol();
        await using var other = elsewhere ? await School.Open(School.App) : null;
        var (old, id) = await School.Attach(siti);

        var (line, sameId) = await (other ?? School).Attach(siti, id);

        Assert.Equal(id, sameId);
        Assert.Equal(4409, await old.Closed());
        var message = (await School.Send(siti.Message())).Single();
        Assert.Equal(message, IdOf(await line.Message()));
        line.Dispose();
    }

    [Fact]
    [Trait("Spec", "X-008"), Trait("Spec", "X-009")]
    public async Task Somebody_without_an_account_has_no_device_and_nothing_to_acknowledge()
    {
        using var line = await School.Connect(id: "0123456789abcdef0123456789abcdef");

        Assert.Null(await line.Greeting());
        await line.Say(new { type = "ack", ids = new[] { Guid.NewGuid() } });
        Assert.Equal("NO_DEVICE", (string?)(await line.Next())["code"]);
    }

    [Theory]
    [InlineData("""{"type":"ack"}"""), InlineData("""{"type":"ack","ids":[]}"""), InlineData("""{"type":"ack","ids":["x"]}"""), InlineData("""{"type":"ack","ids":[1]}""")]
    public async Task An_acknowledgement_names_messages(string said)
    {
        using var line = await School.Connect();
        await line.Say(said);

        Assert.Equal("MESSAGE_INVALID", (string?)(await line.Next())["code"]);
    }
}
