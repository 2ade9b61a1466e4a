using System.Text.Json;

namespace Alur.Benchmarks.Fanout;

/// <summary>
/// From a commit until the last of many followers has it, over the server in a process of its own; beside it a bare loop over sockets and the Node package <c>ws</c>, which
/// are told of the same frame directly and so are spared the commit, the journal and its tail. All three in turns, with the same clients.
/// </summary>
internal sealed class FanoutBench(PrivateDatabase database, string root, FanoutSize size, TextWriter progress)
{
    private const int Turn = 25;
    private readonly Random _random = new(1);

    public static async Task<FanoutFigures> Run(string root, FanoutSize size, TextWriter progress, CancellationToken ct)
    {
        await progress.WriteLineAsync("Preparing a journal …");
        await using var database = await PrivateDatabase.Prepare(root, size.Cluster, "alur_bench_fanout", ct);
        return await new FanoutBench(database, root, size, progress).Measure(ct);
    }

    private async Task<FanoutFigures> Measure(CancellationToken ct)
    {
        await using var server = await Node(ct);
        await using var floor = await ChildProgram.Verb(ct, "fanout-floor");
        await using var peer = await ChildProgram.Start("node", [Path.Combine(root, "tests/crosscheck/ws-fanout.mjs")], ct);
        var few = await Compare(size.Few, server, floor, peer, ct);
        await Drops(server, size.Connects, ct); // so that pools are filled and code is compiled: what is left behind is looked for later
        var idle = await Idle(server, ct);
        var many = await Compare(size.Many, server, floor, peer, ct);
        var before = await Rest(server, ct);
        await progress.WriteLineAsync($"{size.Connects:N0} connects and drops …");
        await Drops(server, size.Connects, ct);
        var after = await Rest(server, ct);
        await progress.WriteLineAsync($"{size.Chaos.Clients} clients and {size.Chaos.Stalled} stalled ones while connections drop and nodes are killed, {size.Chaos.Span.TotalSeconds:0} s …");
        return new FanoutFigures(size, few, many, idle, after.Heap - before.Heap, await new FanoutChaos(database.App, Node, size.Chaos).Run(ct));
    }

    private Task<ChildProgram> Node(CancellationToken ct) => ChildProgram.Verb(ct, "fanout-server", database.AppConnectionString);

    /// <summary>All three with so many followers each, some broadcasts at a time.</summary>
    private async Task<Fanouts> Compare(int sockets, ChildProgram server, ChildProgram floor, ChildProgram peer, CancellationToken ct)
    {
        using var ours = await Followers.Connect(server.Url, sockets, ct);
        using var bare = await Followers.Connect(floor.Url, sockets, ct);
        using var theirs = await Followers.Connect(peer.Url, sockets, ct);
        List<double> our = [], floors = [], their = [];
        await Rounds(Turn, [], ours, Book, ct); // warms up, as do the next two
        await Rounds(Turn, [], bare, () => floor.Tell(School.FrameText), ct);
        await Rounds(Turn, [], theirs, () => peer.Tell(School.FrameText), ct);
        for (var done = 0; done < size.Rounds; done += Turn)
        {
            var rounds = Math.Min(Turn, size.Rounds - done);
            await Rounds(rounds, our, ours, Book, ct);
            await Rounds(rounds, floors, bare, () => floor.Tell(School.FrameText), ct);
            await Rounds(rounds, their, theirs, () => peer.Tell(School.FrameText), ct);
        }

        var found = new Fanouts(sockets, Times.Of(our), Times.Of(floors), Times.Of(their));
        await progress.WriteLineAsync($"{sockets:N0} sockets: p99 {found.Ours.P99:0.0} ms, bare loop {found.Floor.P99:0.0} ms, ws {found.Peer.P99:0.0} ms");
        return found;
    }

    private async Task Rounds(int rounds, List<double> times, Followers followers, Func<Task> publish, CancellationToken ct)
    {
        for (var i = 0; i < rounds; i++)
        {
            // At any moment between two looks of the tail.
            await Task.Delay(_random.Next(20, 60), ct);
            times.Add(await followers.Time(publish, ct));
        }
    }

    private async Task Book() => await School.Book(database.App, "", CancellationToken.None);

    /// <summary>Bytes of the process for each socket that is open and has nothing to say.</summary>
    private async Task<double> Idle(ChildProgram server, CancellationToken ct)
    {
        await Rest(server, ct);
        var before = server.ResidentBytes;
        using var followers = await Followers.Connect(server.Url, size.Many, ct);
        await server.Ask("memory", ct);
        var each = (server.ResidentBytes - before) / (double)size.Many;
        await progress.WriteLineAsync($"{each / 1024:0.0} KB for each of {size.Many:N0} idle sockets");
        return each;
    }

    private async Task Drops(ChildProgram server, int connects, CancellationToken ct)
    {
        const int Wave = 500;
        for (var done = 0; done < connects; done += Wave)
        {
            using var followers = await Followers.Connect(server.Url, Math.Min(Wave, connects - done), ct);
            followers.Drop();
        }

        await Rest(server, ct);
    }

    /// <summary>Its memory once it knows that everybody is gone.</summary>
    private static async Task<ServerMemory> Rest(ChildProgram server, CancellationToken ct)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            var memory = JsonSerializer.Deserialize<ServerMemory>(await server.Ask("memory", ct))!;
            if (memory.Sockets == 0) return memory;
            await Task.Delay(200, ct);
        }

        throw new InvalidOperationException("The server still holds sockets whose clients are gone.");
    }
}
