using Alur.Platform.Delivery;
using Alur.Platform.Realtime;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Kind = Alur.Platform.Tests.Realtime.MessageHistory.Kind;

namespace Alur.Platform.Tests.Realtime;

/// <summary>Two devices of one person on two nodes, through anything that can happen to them.</summary>
public sealed class MessageModelTests : IAsyncLifetime
{
    private static readonly Gen<Kind> Kinds = Gen.Frequency(
        (6, Gen.Constant(Kind.Send)), (1, Gen.Constant(Kind.SendExpired)), (6, Gen.Constant(Kind.Connect)), (3, Gen.Constant(Kind.Drop)),
        (4, Gen.Constant(Kind.Acknowledge)), (3, Gen.Constant(Kind.AcknowledgeAndDrop)), (1, Gen.Constant(Kind.CutDatabase)));

    private School[]? _nodes;

    private School[] Nodes => _nodes!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        var first = await School.Open();
        _nodes = [first, await School.Open(first.App)];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Nodes[1].DisposeAsync();
        await Nodes[0].DisposeAsync();
    }

    [Fact]
    [Trait("Spec", "D-510"), Trait("Spec", "D-511"), Trait("Spec", "D-359")]
    public void Each_device_gets_every_message_at_least_once_the_most_urgent_first_and_none_after_its_acknowledgement_was_confirmed() => Prop.ForAll(
        (from kind in Kinds from gadget in Gen.Choose(0, 1) from number in Gen.Choose(0, 255) select new MessageHistory.Step(kind, gadget, number)).ArrayOf().ToArbitrary(),
        steps => Task.Run(async () =>
        {
            await new MessageHistory(Nodes, await Nodes[0].Enrol()).Run(steps);
            return true;
        }).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithEndSize(30));

    [Fact]
    public async Task A_hint_reaches_the_other_nodes_on_its_own_line()
    {
        var (here, there, others) = (new MessageHints(), new MessageHints(), new WakeUps());
        using var teller = Notifier(new HintLine("messages", here.Line));
        using var hearer = Notifier(new HintLine("delivery", others), new HintLine("messages", there.Line));
        await teller.StartAsync(default);
        await hearer.StartAsync(default);
        var user = Guid.NewGuid();

        // It may not be listening yet.
        await Alur.Testing.Eventually.True(() =>
        {
            here.Wake([user]);
            return there.Line.LocalHint().IsCompleted;
        });

        Assert.Equal([user], there.Take()!);
        Assert.False(others.LocalHint().IsCompleted);
        here.Wake([.. Enumerable.Range(0, 300).Select(_ => Guid.NewGuid())]);
        await Alur.Testing.Eventually.True(() => there.Line.LocalHint().IsCompleted && there.Take() is null);
        await teller.StopAsync(default);
        await hearer.StopAsync(default);
    }

    private WakeNotifier Notifier(params HintLine[] lines) => new(Nodes[0].App.Database.App, new DeliveryOptions(), lines, NullLogger<WakeNotifier>.Instance);
}
