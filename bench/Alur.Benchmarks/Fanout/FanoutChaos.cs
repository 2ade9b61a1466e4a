using System.Text.Json;
using Npgsql;

namespace Alur.Benchmarks.Fanout;

/// <summary>What became of the careful clients, added up.</summary>
/// <param name="Entries">Committed while they followed.</param>
/// <param name="Lost">Neither heard nor told to refetch.</param>
/// <param name="Twice">Heard again, or after a later one.</param>
/// <param name="Invented">Heard and never committed.</param>
/// <param name="Recovered">Returns that were given what they had missed.</param>
/// <param name="Refetched">Returns that were told that they had missed too much.</param>
/// <param name="Drops">Connections that were cut.</param>
/// <param name="Kills">Nodes that were killed.</param>
/// <param name="StalledHeld">Clients that do not read and are still held at the end.</param>
internal sealed record ChaosOutcome(int Entries, int Lost, int Twice, int Invented, int Recovered, int Refetched, int Drops, int Kills, int StalledHeld)
{
    public bool IsClean => (Lost, Twice, Invented, StalledHeld) == (0, 0, 0, 0) && Entries > 0;
}

/// <summary>Two nodes of one journal; entries are committed while connections are cut at random, some clients never read, and now one node is killed, now the other.</summary>
internal sealed class FanoutChaos(NpgsqlDataSource source, Func<CancellationToken, Task<ChildProgram>> start, FanoutChaosSize size)
{
    private const int Kilobytes = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Note = new('x', Kilobytes * 1024);

    private readonly Random _random = new(1);
    private readonly ChildProgram?[] _nodes = new ChildProgram?[2];
    private readonly List<long> _committed = [];
    private int _drops;
    private int _kills;

    public async Task<ChaosOutcome> Run(CancellationToken ct)
    {
        for (var i = 0; i < _nodes.Length; i++) _nodes[i] = await start(ct);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var clients = Enumerable.Range(0, size.Clients).Select(_ => new CarefulClient(SomeNode)).ToList();
        var running = clients.ConvertAll(client => Task.Run(() => client.Run(over.Token), CancellationToken.None));
        await Until(() => clients.TrueForAll(client => client.Follows), ct);
        var stalled = await Stalled(ct);
        await Task.WhenAll(Write(ct), Cut(clients, ct), KillNodes(ct));
        var last = _committed[^1];
        await Until(() => clients.TrueForAll(client => client.Last >= last), ct);
        await over.CancelAsync();
        await Task.WhenAll(running);
        var held = await StalledHeld(ct);
        stalled.ForEach(client => client.Dispose());
        foreach (var node in _nodes) await node!.DisposeAsync();
        return Added(clients, held);
    }

    private ChaosOutcome Added(List<CarefulClient> clients, int held)
    {
        var missing = clients.ConvertAll(client => client.Judge(_committed));
        return new ChaosOutcome(
            _committed.Count, missing.Sum(m => m.Lost), clients.Sum(c => c.Twice), missing.Sum(m => m.Invented), clients.Sum(c => c.Recovered), clients.Sum(c => c.Refetched), _drops, _kills, held);
    }

    private async Task Write(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / size.PerSecond));
        for (var left = (int)(size.Span.TotalSeconds * size.PerSecond); left > 0 && await timer.WaitForNextTickAsync(ct); left--) _committed.Add(await School.Book(source, Note, ct));
    }

    /// <summary>Five connections a second are cut, whoever's they are.</summary>
    private async Task Cut(List<CarefulClient> clients, CancellationToken ct)
    {
        for (var until = DateTime.UtcNow + size.Span; DateTime.UtcNow < until; await Task.Delay(200, ct))
        {
            clients[_random.Next(clients.Count)].Drop();
            _drops++;
        }
    }

    private async Task KillNodes(CancellationToken ct)
    {
        var pause = size.Span / 6;
        for (var i = 0; i < _nodes.Length; i++)
        {
            await Task.Delay(pause, ct);
            var killed = _nodes[i]!;
            _nodes[i] = null;
            killed.Kill();
            await killed.DisposeAsync();
            _kills++;
            await Task.Delay(pause, ct);
            _nodes[i] = await start(ct);
        }
    }

    private Uri SomeNode()
    {
        var alive = _nodes.OfType<ChildProgram>().ToList();
        return alive[Random.Shared.Next(alive.Count)].Url;
    }

    /// <summary>On the node that is killed last, so that they have time to fill what waits for them.</summary>
    private async Task<List<StalledClient>> Stalled(CancellationToken ct)
    {
        List<StalledClient> stalled = [];
        for (var i = 0; i < size.Stalled; i++) stalled.Add(await StalledClient.Connect(_nodes[^1]!.Url, ct));
        return stalled;
    }

    private async Task<int> StalledHeld(CancellationToken ct)
    {
        var held = 0;
        foreach (var node in _nodes) held += await Settled(node!, ct);
        return held;
    }

    /// <summary>Sockets of a node once those that have just said goodbye are gone.</summary>
    private static async Task<int> Settled(ChildProgram node, CancellationToken ct)
    {
        for (var tries = 0; ; tries++)
        {
            var sockets = JsonSerializer.Deserialize<ServerMemory>(await node.Ask("memory", ct))!.Sockets;
            if (sockets == 0 || tries == 50) return sockets;
            await Task.Delay(200, ct);
        }
    }

    private static async Task Until(Func<bool> isSo, CancellationToken ct)
    {
        for (var until = DateTime.UtcNow + Patience; !isSo(); await Task.Delay(50, ct))
        {
            if (DateTime.UtcNow > until) return; // what is missing then is counted as lost
        }
    }
}
