using System.Text.Json.Nodes;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Realtime;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Realtime;

/// <summary>Many statements at once, and what the one costs that is written every minute for every device.</summary>
public sealed class DeviceLoadTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string DevicesSql = """
        insert into realtime.websocket_connections (id, user_id, connection_id, role, session_id, node, user_agent, ip_address, rooms)
        select gen_random_uuid(), user_id, md5(n::text || user_id), 'client', id, 'here:1', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', '10.20.30.40', '{antrean:default}'
        from identity.sessions, generate_series(1, 5) n
        returning connection_id, attached
        """;

    private TestDatabase? _database;

    private NpgsqlDataSource? _db;

    private NpgsqlDataSource Db => _db!;

    // A circle says which rows it went through.
    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _db = PlatformModule.RuntimeDataSource(new NpgsqlConnectionStringBuilder(_database.AppConnectionString) { IncludeErrorDetail = true }.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _db!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    [Fact]
    public async Task Whatever_happens_at_once_nothing_waits_in_a_circle()
    {
        var people = await People(4);
        var attach = new AttachDevice(Db, new RealtimeOptions { RecordHeartbeats = true });
        var lines = new DeviceLine[12];
        for (var i = 0; i < lines.Length; i++) lines[i] = await Attach(i);
        var ends = Environment.TickCount64 + 4000;
        var sent = 0;

        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(async () =>
        {
            var chance = new Random(worker);
            while (Environment.TickCount64 < ends) await OneOf(worker % 6, chance);
        })));

        Assert.InRange(sent, 10, int.MaxValue);

        async Task<DeviceLine> Attach(int i) => new((await attach.Run(people[i % people.Count], AuditOrigin.System, lines[i]?.Device.ConnectionId, default))!, people[i % people.Count].UserId);

        async Task OneOf(int what, Random chance)
        {
            var some = lines.OrderBy(_ => chance.Next()).Take(6).ToList();
            if (what == 0) await Send(chance);
            else if (what == 1) Note(await DrainQueue.Run(Db, some, default), some);
            else if (what == 2) await Acknowledge(some);
            else if (what == 3) await Again(chance.Next(lines.Length));
            else if (what == 4) await Write(some, chance);
            else await Forget();
        }

        async Task Again(int i)
        {
            lines[i] = await Attach(i);
            await TakeMissed.Run(Db, [lines[i], .. lines.Where(line => !line.IsSettled)], default);
        }

        async Task Send(Random chance)
        {
            await using var connection = await Db.OpenConnectionAsync();
            await using var tx = await connection.BeginTransactionAsync();
            foreach (var _ in (int[])[1, 2])
                await SendToUsers.Run(tx, [.. people.OrderBy(_ => chance.Next()).Select(p => new UserMessage(p.UserId, MessageTypes.SystemAlert, chance.Next(-20, 10), "{}"))], default);
            await tx.CommitAsync();
            Interlocked.Increment(ref sent);
        }

        static void Note(List<WaitingMessage> messages, List<DeviceLine> to)
        {
            foreach (var message in messages) to.Find(line => line.Device.ConnectionId == message.ConnectionId)!.Sent(message.Id, message.Row);
        }

        async Task Acknowledge(List<DeviceLine> some)
        {
            var ids = await Db.Statement("select message_id, connection_id from realtime.websocket_message_queue where attempts > 0 order by random() limit 20").Rows(r => (r.GetString(1), r.GetGuid(0)), default);
            await AcknowledgeMessages.Run(Db, ids, default);
            foreach (var line in some) line.Written([.. ids.Where(i => i.Item1 == line.Device.ConnectionId).Select(i => i.Item2)]);
        }

        async Task Write(List<DeviceLine> some, Random chance)
        {
            await WriteDevices.Seen(Db, [.. some.Select(line => line.Device)], default);
            await WriteRooms.Run(Db, [.. some.Select(line => (line.Device, (IReadOnlyList<string>)[.. new[] { "a", "b", "c" }.Take(chance.Next(4))]))], default);
            await WriteDevices.Record(Db, DateTimeOffset.UtcNow, [.. some.Select(line => line.Device)], default);
            await WriteDevices.Left(Db, [some[0].Device], default);
        }

        async Task Forget()
        {
            await Db.Statement("update realtime.websocket_connections set last_activity = now() - interval '8 days' where connection_id = (select connection_id from realtime.websocket_connections where not is_alive order by random() limit 1)").Run(default);
            await new KeepDevices(Db).RunOnce(default);
        }
    }

    [Fact]
    [Trait("Spec", "D-555")]
    public async Task Signs_of_life_of_ten_thousand_devices_are_one_statement_that_writes_little()
    {
        await People(2000);
        var devices = await _database!.Owner.Statement(DevicesSql).Rows(r => new Device(r.GetString(0), r.GetInt64(1)), default);
        await _database.Owner.Statement("vacuum analyze realtime.websocket_connections").Run(default);
        var costs = new List<(double Ms, long Bytes)>();
        for (var minute = 0; minute < 5; minute++) costs.Add(await Cost(devices));

        output.WriteLine(string.Join(", ", costs.Select(c => $"{c.Ms:0} ms {c.Bytes / devices.Count} bytes of log a device")));
        Assert.Equal(10_000, devices.Count);
        Assert.InRange(costs.Min(c => c.Bytes) / devices.Count, 50, 2000);
    }

    private async Task<(double Ms, long Bytes)> Cost(List<Device> devices)
    {
        var (ms, bytes) = (0d, 0L);
        foreach (var statement in new[] { WriteDevices.LockMine, WriteDevices.SeenSql })
        {
            var plan = (await Db.Statement(
                "explain (analyze, wal, format json) " + statement,
                ("devices", devices.Select(d => d.ConnectionId).ToArray()), ("attached", devices.Select(d => d.Attached).ToArray())).Rows(r => r.GetString(0), default)).Single();
            var run = JsonNode.Parse(plan)![0]!;
            (ms, bytes) = (ms + (double)run["Execution Time"]!, bytes + (long)run["Plan"]!["WAL Bytes"]!);
        }

        return (ms, bytes);
    }

    private Task<List<SignedInUser>> People(int many) => SignedInPeople.Add(_database!.Owner, many);
}
