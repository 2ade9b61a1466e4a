using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Leases;
using Alur.Platform.Webhooks;
using static Alur.Platform.Tests.Webhooks.HookDesk;
using static Alur.Platform.Tests.Webhooks.Receiver;

namespace Alur.Platform.Tests.Webhooks;

public sealed class JournalWebhooksTests
{
    private static readonly EventTypes Types = new([new ModuleEventTypes("clinic",
    [
        new EventType("clinic.CALLED", 1, """{"properties": {"room": {"type": "integer"}}}"""), new EventType("clinic.PAID", 1, "{}"), new EventType("realtime.messages_sent", 1, "{}"),
    ])]);

    private static readonly Actor Siti = new("siti@rs.example", ActorKind.User);

    [Fact]
    public async Task What_the_journal_records_is_told_in_the_form_in_which_it_leaves_the_house()
    {
        await using var receiver = new Receiver();
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url, "clinic.CALLED");
        await Append(desk, "visit:1", Entry("clinic.CALLED", """{"room":3}"""), Entry("clinic.PAID"));
        Assert.Equal(2, await Consume(desk));
        Assert.Equal(1, (await desk.Deliver()).Delivered);

        var body = Assert.Single(receiver.Calls).Json;
        var (entry, at) = (body["data"]!, await desk.One<DateTime>("select performed_at from journal.entries where type = 'clinic.CALLED'"));
        Assert.Equal(("clinic.CALLED", at), ((string)body["type"]!, (DateTime)body["timestamp"]!));
        Assert.Equal(["id", "type", "schema_version", "stream", "version", "position", "performed_at", "recorded_at", "actor_kind", "correlation_id", "corrects", "metadata"], entry.AsObject().Select(member => member.Key));
        Assert.Equal(("visit", "1", 3), ((string)entry["stream"]!["kind"]!, (string)entry["stream"]!["key"]!, (int)entry["metadata"]!["room"]!));
        Assert.Equal((string)entry["id"]!, receiver.Calls.Single().Headers["webhook-id"]);
        Assert.DoesNotContain("siti@", receiver.Calls.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_is_told_from_when_it_was_entered_on_and_never_of_what_only_wakes_sockets()
    {
        await using var receiver = new Receiver();
        await using var desk = await Open();
        await Append(desk, "visit:1", Entry("clinic.CALLED"));
        await desk.Endpoint(receiver.Url);
        await Append(desk, "visit:1", Entry("clinic.PAID"), Entry("realtime.messages_sent"));
        await Consume(desk);
        await desk.Deliver();
        Assert.Equal(["clinic.PAID"], receiver.Calls.Select(call => (string)call.Json["type"]!));
    }

    [Fact]
    public async Task Without_a_receiver_the_journal_is_read_past_and_nothing_is_written()
    {
        await using var desk = await Open();
        await Append(desk, "visit:1", [.. Enumerable.Range(0, 700).Select(_ => Entry("clinic.CALLED"))]);
        Assert.Equal(700, await Consume(desk));
        Assert.Equal(0, await desk.One<long>("select count(*) from delivery.lanes"));
        Assert.Equal(await desk.One<long>("select max(position) from journal.entries"), await desk.One<long>("select position from journal.consumers where name = 'webhooks'"));
    }

    [Fact]
    public async Task Of_one_history_a_receiver_gets_everything_in_order_though_calls_fail_and_nodes_die()
    {
        var seen = 0;
        await using var receiver = new Receiver { Answer = Says(_ => Interlocked.Increment(ref seen) % 3 == 0 ? Status(503) : Taken) };
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        foreach (var number in Enumerable.Range(1, 12))
        {
            await Append(desk, $"visit:{number % 3}", Entry("clinic.CALLED", $$"""{"room":{{number}}}"""));
            await Consume(desk);
            await desk.Deliver();
            // As if a node had died with what it had claimed.
            await desk.Execute("""
                update delivery.lanes set lease_token = gen_random_uuid(), due_at = now() where key = 'visit:1' and state = 'OPEN';
                update delivery.jobs j set state = 'SENDING', claims = claims + 1 where j.key = 'visit:1' and j.state = 'PENDING'
                    and j.step = (select head_step from delivery.lanes l where l.key = j.key)
                """);
            await desk.MakeDue();
        }

        for (var i = 0; i < 10; i++)
        {
            await desk.Execute("update platform.breakers set state = 'CLOSED', opened_at = null, retry_at = null, probe_token = null, probe_until = null, epoch = epoch + 1; update delivery.lanes set due_at = now() where state = 'OPEN'");
            await desk.Deliver();
        }

        Assert.Equal(12, await desk.One<long>("select count(*) from delivery.jobs where state = 'SENT'"));
        foreach (var visit in new[] { "0", "1", "2" })
        {
            var rooms = receiver.Calls.Where(call => (string)call.Json["data"]!["stream"]!["key"]! == visit).Select(call => (int)call.Json["data"]!["metadata"]!["room"]!).ToList();
            Assert.Equal(rooms.Order(), rooms);
            Assert.Equal(4, rooms.Distinct().Count());
        }
    }

    private static NewEntry Entry(string type, string? metadata = null) => new(type, Siti, DateTimeOffset.UtcNow) { Metadata = metadata };

    private static async Task Append(HookDesk desk, string stream, params NewEntry[] entries)
    {
        await using var connection = await desk.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        Assert.True((await new AppendEntries(Types).Run(tx, [new StreamAppend(new StreamId(stream), entries)], ct: CancellationToken.None)).Ok);
        await tx.CommitAsync();
    }

    private static async Task<int> Consume(HookDesk desk)
    {
        var leases = new LeaseStore(desk.Database.App);
        var grant = await leases.TryTake("journal.consumer:webhooks", "test", TimeSpan.FromMinutes(1), CancellationToken.None);
        var pump = new ConsumerPump(new JournalWebhooks(desk.Enqueue), desk.Database.App, new JournalTail(desk.Database.App, Types));
        var handled = await pump.RunOnce(grant!, CancellationToken.None);
        await leases.Release(grant!, CancellationToken.None);
        return handled;
    }
}
