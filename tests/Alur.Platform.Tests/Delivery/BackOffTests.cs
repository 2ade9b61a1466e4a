using Alur.Platform.Delivery;
using FsCheck;
using FsCheck.Fluent;

namespace Alur.Platform.Tests.Delivery;

public sealed class BackOffTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Cap = TimeSpan.FromMinutes(15);

    [Theory]
    [Trait("Spec", "A-148")]
    [InlineData(1, 0.5, 30)]
    [InlineData(2, 0.5, 60)]
    [InlineData(3, 0.5, 120)]
    [InlineData(4, 0.5, 240)]
    [InlineData(5, 0.5, 480)]
    [InlineData(6, 0.5, 900)]
    [InlineData(60, 0.5, 900)]
    [InlineData(int.MaxValue, 0.5, 900)]
    [InlineData(1, 0.0, 27)]
    [InlineData(1, 0.75, 31.5)]
    [InlineData(3, 0.0, 108)]
    [InlineData(6, 0.0, 810)]
    [InlineData(6, 0.99, 900)]
    public void The_wait_doubles_up_to_the_cap(int attempt, double random, double seconds) =>
        Assert.Equal(seconds, BackOff.After(attempt, First, Cap, jitter: 0.1, random).TotalSeconds, precision: 3);

    [Fact]
    [Trait("Spec", "A-148")]
    public void The_wait_is_never_above_the_cap_nor_more_than_a_tenth_off() => Prop.ForAll(
        (from attempt in Gen.Choose(1, 40) from random in Gen.Choose(0, 999_999) select (attempt, random)).ToArbitrary(),
        c =>
        {
            var wait = BackOff.After(c.attempt, First, Cap, jitter: 0.1, c.random / 1_000_000.0).TotalSeconds;
            var exact = Math.Min(900, 30 * Math.Pow(2, c.attempt - 1));
            return wait <= 900 && wait >= exact * 0.8999 && wait <= exact * 1.1001;
        }).QuickCheckThrowOnFailure();
}
