using Alur.Fuzzing;
using Alur.Fuzzing.Api;

namespace Alur.Host.Tests.Fuzz;

/// <summary>A small share of <c>./alur bench fuzz</c>: the same cases every time, and others every time.</summary>
public sealed class FuzzTests(FuzzTests.Server server) : IClassFixture<FuzzTests.Server>
{
    private const int Cases = 300;
    private const int Seed = 20261121;

    public static TheoryData<string> Pure => [.. FuzzTargets.Pure.Select(target => target.Name)];

    [Theory, MemberData(nameof(Pure))]
    public void Whatever_is_read_is_read_exactly_or_refused(string name) => Hold(FuzzTargets.Pure.Single(target => target.Name == name));

    [Theory]
    [InlineData("api-queries")]
    [InlineData("api-cursors")]
    [InlineData("api-bodies")]
    [InlineData("api-headers")]
    [InlineData("api-described")]
    public void Whatever_comes_over_the_wire_is_served_or_refused_with_its_reason(string name) =>
        Hold(server.Api.Targets.Single(target => target.Name == name));

    [Fact]
    public void A_claim_that_does_not_hold_is_found_and_made_small()
    {
        var result = RunFuzz.Run(FuzzTargets.NoText("without-x", 'x'), 2_000, Seed);

        Assert.Contains("Shrunk:\n\"x\"", result.Broken, StringComparison.Ordinal);
        Assert.Equal(result.Broken, RunFuzz.Run(FuzzTargets.NoText("without-x", 'x'), 2_000, Seed).Broken); // the seed finds it again
    }

    private static void Hold(FuzzTarget target)
    {
        foreach (var seed in new[] { Seed, Random.Shared.Next() })
        {
            var result = RunFuzz.Run(target, Cases, seed);
            Assert.True(result.Broken is null, $"{target.Name}, seed {seed} (./alur bench fuzz --only {target.Name} --cases {Cases} --seed {seed}):\n{result.Broken}");
        }
    }

    /// <summary>One server for all of them.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public FuzzedApi Api { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Api = await FuzzedApi.Start();

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }
}
