using System.Net.WebSockets;
using Alur.Platform.Data;
using Alur.Platform.Realtime;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Realtime;

/// <summary>
/// One person with two devices, to whom things happen; beside it what each device must still get, what it may get again because nobody knows whether its
/// acknowledgement was written, and what it must never get again.
/// </summary>
internal sealed class MessageHistory(School[] nodes, Person person)
{
    private static readonly int[] Priorities = [MessagePriorities.Critical, MessagePriorities.High, MessagePriorities.Medium, MessagePriorities.Low];

    private readonly List<(Guid Id, int Priority)> _sent = [];
    private readonly Gadget[] _gadgets = [new(), new()];

    public enum Kind
    {
        Send,
        SendExpired,
        Connect,
        Drop,
        Acknowledge,
        AcknowledgeAndDrop,
        CutDatabase,
    }

    public async Task Run(IEnumerable<Step> steps)
    {
        foreach (var step in steps) await Do(step, _gadgets[step.Gadget]);
        foreach (var gadget in _gadgets) await Connect(gadget, nodes[gadget == _gadgets[0] ? 1 : 0], takesOver: false);
        await Send(1, last: true);
        foreach (var gadget in _gadgets)
        {
            await Acknowledge(gadget, [.. gadget.Seen]);
            Assert.Empty(gadget.Must);
            gadget.Line!.Dispose();
        }

        Assert.Equal(0, (await nodes[0].App.Database.App.Statement(
            "select count(*)::int from realtime.websocket_message_queue where user_id = @user and expires_at > now()", ("user", person.Id)).Rows(r => r.GetInt32(0), default)).Single());
    }

    private Task Do(Step step, Gadget gadget) => step.Kind switch
    {
        Kind.Send => Send(step.Number),
        Kind.SendExpired => nodes[0].Send(person.Message(expires: DateTimeOffset.UtcNow.AddSeconds(-1))),
        Kind.Connect => Connect(gadget, nodes[step.Number % 2], takesOver: step.Number % 4 < 2),
        Kind.Drop => Drop(gadget),
        Kind.Acknowledge when gadget.Line is not null => Acknowledge(gadget, gadget.Some(step.Number)),
        Kind.AcknowledgeAndDrop when gadget.Line is not null => AcknowledgeAndDrop(gadget, gadget.Some(step.Number)),
        Kind.CutDatabase => CutDatabase(),
        _ => Task.CompletedTask,
    };

    private async Task Send(int number, bool last = false)
    {
        var priorities = last ? [100] : Enumerable.Range(0, 1 + (number % 3)).Select(i => Priorities[(number + (i * 7)) % Priorities.Length]).ToArray();
        var ids = await nodes[number % 2].Send([.. priorities.Select(priority => person.Message(priority: priority))]);
        await nodes[0].App.Database.App.Statement("update realtime.websocket_message_queue set max_attempts = 1000 where user_id = @user", ("user", person.Id)).Run(default);
        _sent.AddRange(ids.Zip(priorities));
        foreach (var gadget in _gadgets.Where(g => g.Id is not null)) gadget.Must.UnionWith(ids);
        foreach (var gadget in _gadgets.Where(g => g.Line is not null)) await Read(gadget);
    }

    private async Task Connect(Gadget gadget, School node, bool takesOver)
    {
        var old = takesOver ? gadget.Line : null;
        if (!takesOver) await Drop(gadget);
        if (gadget.Id is null)
        {
            gadget.Must.UnionWith(_sent.Select(s => s.Id).Where(id => !_gadgets.Any(g => g.Confirmed.Contains(id) || g.May.Contains(id))));
            gadget.May.UnionWith(_gadgets.SelectMany(g => g.May).Where(id => !_gadgets.Any(g => g.Confirmed.Contains(id))).ToList());
        }

        var (line, id) = await Attach(node, gadget.Id);
        Assert.True(gadget.Id is null || gadget.Id == id, "the device is another one");
        (gadget.Id, gadget.Line) = (id, line);
        gadget.Seen.Clear();
        var heard = await Read(gadget);
        Assert.Equal(heard.OrderBy(Place), heard);
        if (old is null) return;
        Assert.Equal(4409, await old.Closed());
        old.Dispose();
    }

    /// <summary>Until everything has come that must; in the order in which it came.</summary>
    private static async Task<List<Guid>> Read(Gadget gadget)
    {
        var heard = new List<Guid>();
        while (!gadget.Must.IsSubsetOf(gadget.Seen)) heard.Add(gadget.Take(await gadget.Line!.Message()));
        return heard;
    }

    private static async Task Acknowledge(Gadget gadget, List<Guid> ids)
    {
        if (ids.Count == 0) return;
        await gadget.Line!.Say(new { type = "ack", ids });
        var left = ids.ToHashSet();
        while (left.Count > 0)
        {
            var frame = await gadget.Line.Next();
            if ((string?)frame["type"] == "message") gadget.Take(frame);
            else left.ExceptWith(frame["ids"]!.AsArray().Select(id => Guid.Parse((string)id!)));
        }

        gadget.Confirmed.UnionWith(ids);
        gadget.Must.ExceptWith(ids);
        gadget.May.ExceptWith(ids);
    }

    private static async Task AcknowledgeAndDrop(Gadget gadget, List<Guid> ids)
    {
        if (ids.Count > 0) await gadget.Line!.Say(new { type = "ack", ids });
        gadget.Must.ExceptWith(ids);
        gadget.May.UnionWith(ids);
        await Drop(gadget);
    }

    private static Task Drop(Gadget gadget)
    {
        gadget.Line?.Wire.Abort();
        gadget.Line?.Dispose();
        gadget.Line = null;
        return Task.CompletedTask;
    }

    private async Task CutDatabase()
    {
        await using var admin = NpgsqlDataSource.Create(nodes[0].App.Database.AdminConnectionString);
        await admin.Statement("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and usename = 'alur_app'").Run(default);
        nodes[0].App.Database.App.Clear(); // the test's own
    }

    private async Task<(Line Line, string Id)> Attach(School node, string? id)
    {
        (Line, string)? attached = null;
        await Eventually.True(async () =>
        {
            try
            {
                attached = await node.Attach(person, id);
                return true;
            }
            catch (WebSocketException)
            {
                return false; // the database was cut
            }
        });
        return attached!.Value;
    }

    private (int Priority, int Number) Place(Guid id)
    {
        var number = _sent.FindIndex(s => s.Id == id);
        return (_sent[number].Priority, number);
    }

    /// <summary>What happens, to which device, and how.</summary>
    internal sealed record Step(Kind Kind, int Gadget, int Number);

    private sealed class Gadget
    {
        public string? Id { get; set; }

        public Line? Line { get; set; }

        public HashSet<Guid> Must { get; } = [];

        public HashSet<Guid> May { get; } = [];

        public HashSet<Guid> Confirmed { get; } = [];

        /// <summary>Over the present socket.</summary>
        public HashSet<Guid> Seen { get; } = [];

        public Guid Take(System.Text.Json.Nodes.JsonNode message)
        {
            var id = Guid.Parse((string)message["id"]!);
            Assert.DoesNotContain(id, Confirmed);
            Assert.True(Must.Contains(id) || May.Contains(id), "a message that has expired, or of somebody else");
            Assert.True(Seen.Add(id), "twice over one socket");
            return id;
        }

        public List<Guid> Some(int number) => [.. Seen.Except(Confirmed).Except(May).Where((_, place) => (number >> (place % 8) & 1) == 1)];
    }
}
