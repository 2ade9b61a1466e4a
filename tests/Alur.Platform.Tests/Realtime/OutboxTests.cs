using Alur.Platform.Realtime;

namespace Alur.Platform.Tests.Realtime;

public sealed class OutboxTests
{
    private readonly Outbox _outbox = new();

    [Fact]
    public void Whoever_puts_the_first_frame_sends_until_nothing_waits()
    {
        Assert.Equal(Outbox.Put.Begin, _outbox.Add(Of(1)));
        Assert.Equal(Outbox.Put.Waits, _outbox.Add(Of(2)));
        Assert.Equal([1, 2], Drain());
        Assert.Equal(Outbox.Put.Begin, _outbox.Add(Of(3)));
    }

    [Fact]
    public void Of_hints_of_one_topic_that_wait_side_by_side_the_last_is_enough()
    {
        _outbox.Add(Of(1) with { Hint = "a" });
        _outbox.Add(Of(2) with { Hint = "a" });
        _outbox.Add(Of(3) with { Hint = "b" });
        _outbox.Add(Of(4) with { Hint = "a" });

        Assert.Equal([2, 3, 4], Drain());
    }

    [Fact]
    public void When_it_is_full_signs_of_life_go_first_and_then_there_is_no_room()
    {
        _outbox.Add(Of(1) with { CanBeLost = true });
        for (var i = 1; i < SocketLimits.WaitingFrames; i++) _outbox.Add(Of(2));

        Assert.Equal(Outbox.Put.Dropped, _outbox.Add(Of(3) with { CanBeLost = true }));
        Assert.Equal(Outbox.Put.Waits, _outbox.Add(Of(4)));
        Assert.Equal(Outbox.Put.Full, _outbox.Add(Of(5)));
        var left = Drain();
        Assert.Equal((2, 4, SocketLimits.WaitingFrames), (left[0], left[^1], left.Count));
    }

    [Fact]
    public void It_holds_so_many_bytes_and_no_more()
    {
        var large = new Frame(new byte[SocketLimits.WaitingBytes / 2]);

        Assert.Equal([Outbox.Put.Begin, Outbox.Put.Waits, Outbox.Put.Full], new[] { _outbox.Add(large), _outbox.Add(large), _outbox.Add(Of(1)) });
    }

    [Theory]
    [InlineData(false, new[] { 1, 9 })]
    [InlineData(true, new[] { 9 })]
    public void The_goodbye_comes_last_or_at_once(bool atOnce, int[] left)
    {
        _outbox.Add(Of(1));

        Assert.False(_outbox.AddLast(Of(9), atOnce));
        Assert.Equal(left, Drain());
    }

    private static Frame Of(byte number) => new(new[] { number });

    private List<int> Drain()
    {
        var drained = new List<int>();
        while (_outbox.Next() is { } frame) drained.Add(frame.Bytes.Span[0]);
        return drained;
    }
}
