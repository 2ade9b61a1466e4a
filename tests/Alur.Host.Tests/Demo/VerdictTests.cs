using Alur.Host.Commands.Demo;

namespace Alur.Host.Tests.Demo;

public sealed class VerdictTests
{
    private static readonly OwnCounts Own = new(40, 2, 100, 80, 10, 15, new Dictionary<string, int>(), 0, 5, 0);

    private static Comparison Ledgers(int accepted = 80, params Fault[] faults) =>
        new(70, 10, 0, 0, accepted, 75, 0, [.. faults.Select(f => new Finding(f, "2026/11/20/000001", "3", "…"))]);

    [Fact]
    public void Agreement_is_good() => Assert.Empty(Verdict.Problems(Ledgers(), Own, 0, dayEnded: true));

    [Fact]
    public void Every_kind_of_fault_spoils_it()
    {
        foreach (var fault in Enum.GetValues<Fault>())
            Assert.Single(Verdict.Problems(Ledgers(faults: fault), Own, 0, dayEnded: true));
        Assert.Single(Verdict.Problems(Ledgers(), Own, 0, dayEnded: false));
        Assert.Single(Verdict.Problems(Ledgers(), Own with { Pending = 3, Held = 12 }, 0, dayEnded: true));
    }

    [Fact]
    public void The_servers_own_books_must_agree_with_BPJS_and_add_up()
    {
        Assert.Single(Verdict.Problems(Ledgers(accepted: 79), Own, 0, dayEnded: true));
        Assert.Empty(Verdict.Problems(Ledgers(accepted: 81), Own, unseen: 1, dayEnded: true));
        Assert.Single(Verdict.Problems(Ledgers(), Own with { Held = 14 }, 0, dayEnded: true));
    }
}
