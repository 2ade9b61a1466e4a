using System.Text.Json;
using Spectre.Console;

namespace Alur.Benchmarks.Fanout;

/// <summary>From the commit, or for the peers from the word, until the last of so many followers had it; milliseconds.</summary>
internal sealed record Fanouts(int Sockets, Times Ours, Times Floor, Times Peer);

/// <summary>What came out, against the goals.</summary>
/// <param name="Size">Of the run.</param>
/// <param name="Few">With few followers.</param>
/// <param name="Many">With many.</param>
/// <param name="BytesPerIdleSocket">Of the server's process.</param>
/// <param name="LeftBytes">Live objects that all the connects and drops left behind.</param>
/// <param name="Chaos">What became of the careful clients.</param>
internal sealed record FanoutFigures(FanoutSize Size, Fanouts Few, Fanouts Many, double BytesPerIdleSocket, long LeftBytes, ChaosOutcome Chaos) : IFigures
{
    private const double FewGoal = 50;
    private const double FloorGoal = 2;
    private const double IdleGoal = 32 * 1024;
    private const long LeftGoal = 1024 * 1024;

    public bool Reached => Chaos.IsClean;

    private double FloorRatio => Many.Ours.P99 / Many.Floor.P99;

    private double PeerRatio => Many.Ours.P99 / Many.Peer.P99;

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            P50Ms1k = Math.Round(Few.Ours.P50, 1),
            P99Ms1k = Math.Round(Few.Ours.P99, 1),
            P50Ms5k = Math.Round(Many.Ours.P50, 1),
            P99Ms5k = Math.Round(Many.Ours.P99, 1),
            FloorP50Ms = Math.Round(Many.Floor.P50, 1),
            FloorP99Ms = Math.Round(Many.Floor.P99, 1),
            WsP50Ms = Math.Round(Many.Peer.P50, 1),
            WsP99Ms = Math.Round(Many.Peer.P99, 1),
            FloorRatio = Math.Round(FloorRatio, 2),
            WsRatio = Math.Round(PeerRatio, 2),
            Sockets = new[] { Few.Sockets, Many.Sockets },
            Broadcasts = Many.Ours.Count,
            BytesPerIdleSocket = Math.Round(BytesPerIdleSocket),
            Size.Connects,
            LeftBytes,
            Chaos,
        },
        JsonSerializerOptions.Web);

    public void Print(IAnsiConsole console)
    {
        var table = GoalTable.New();
        table.Row($"commit until the last of {Few.Sockets:N0} has it, 99th percentile", Ms(Few.Ours.P99), $"≤ {FewGoal:0} ms", Few.Ours.P99 <= FewGoal);
        table.Row($"commit until the last of {Many.Sockets:N0} has it, 99th percentile", Ms(Many.Ours.P99));
        table.Row("  ÷ a bare loop over sockets", $"{FloorRatio:0.00} (of {Ms(Many.Floor.P99)})", $"≤ {FloorGoal:0}", FloorRatio <= FloorGoal);
        table.Row("  ÷ the Node package ws", $"{PeerRatio:0.00} (of {Ms(Many.Peer.P99)})", "≤ 1", PeerRatio <= 1);
        table.Row("  half of the broadcasts: ours, bare loop, ws", $"{Ms(Many.Ours.P50)}, {Ms(Many.Floor.P50)}, {Ms(Many.Peer.P50)}");
        table.Row("memory of an idle socket", $"{BytesPerIdleSocket / 1024:0.0} KB", $"≤ {IdleGoal / 1024:0} KB", BytesPerIdleSocket <= IdleGoal);
        table.Row($"left behind by {Size.Connects:N0} connects and drops", $"{LeftBytes / 1024.0:N0} KB", $"≤ {LeftGoal / 1024:N0} KB", LeftBytes <= LeftGoal);
        table.Row("chaos: lost, twice, invented", $"{Chaos.Lost}, {Chaos.Twice}, {Chaos.Invented}", "0, 0, 0", (Chaos.Lost, Chaos.Twice, Chaos.Invented) == (0, 0, 0));
        table.Row("chaos: stalled readers still held", $"{Chaos.StalledHeld} of {Size.Chaos.Stalled}", "0", Chaos.StalledHeld == 0);
        console.Write(table);
        console.WriteLine($"{Many.Ours.Count:N0} broadcasts for each party, one after the other; the bare loop and ws are handed the frame, ours is committed to PostgreSQL first. "
            + $"Chaos: {Chaos.Entries:N0} entries, {Chaos.Drops:N0} drops, {Chaos.Kills} nodes killed, {Chaos.Recovered:N0} recoveries, {Chaos.Refetched:N0} times told to refetch.");
    }

    private static string Ms(double value) => $"{value:0.0} ms";
}
