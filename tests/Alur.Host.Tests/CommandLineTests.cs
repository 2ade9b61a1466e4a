namespace Alur.Host.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_names_every_verb_and_is_no_failure()
    {
        var (exitCode, output, errors) = await HostProcess.Run("--help");

        Assert.Equal(0, exitCode);
        Assert.Empty(errors);
        Assert.All(["serve", "migrate", "api-key", "simulate"], verb => Assert.Contains($"\n  {verb} ", output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bogus", "'bogus'")]
    [InlineData("migrate sideways", "'sideways'")]
    [InlineData("serve --nonsense", "'--nonsense'")]
    [InlineData("api-key new", "new")]
    [InlineData("demo --visits abc", "--visits must be a number between 1 and 20000.")]
    [InlineData("demo --visits 0", "--visits must be a number between 1 and 20000.")]
    [InlineData("demo --visits 99999999999", "--visits must be a number between 1 and 20000.")]
    [InlineData("demo --visits", "'--visits'")]
    [InlineData("serve --set nothing", "--set: 'nothing' is not KEY=VALUE")]
    [InlineData("serve --set Antraen:PollInterval=00:01:00", "Antraen is not a section (--set)")]
    [InlineData("demo --config /no/such/file.json", "'--config'")]
    [InlineData("demo --set Antrean:PollInterval=00:01:00", "'--set'")]
    [InlineData("demo --server-set nothing", "--server-set: 'nothing' is not KEY=VALUE")]
    [InlineData("simulate bpjs --config /no/such/file.json", "'--config'")]
    [InlineData("simulate bpjs --random-seed 7", "--random-seed has no use without --faults light or heavy.")]
    [InlineData("simulate khanza --set Postgres:Name=x", "'--set'")]
    [InlineData("simulate khanza --connection Host=127.0.0.1 --cons-id 1", "--cons-id has no use without --bpjs.")]
    [InlineData("migrate status --to nothing", "'--to'")]
    [InlineData("migrate up --config /no/such/file.json", "--config: /no/such/file.json does not exist")]
    [InlineData("api-key list --config /no/such/file.json", "--config: /no/such/file.json does not exist")]
    [InlineData("serve --config /no/such/file.json", "--config: /no/such/file.json does not exist")]
    public async Task Wrong_usage_is_exit_code_2_with_one_line_that_says_what(string arguments, string expected)
    {
        var (exitCode, output, errors) = await HostProcess.Run(arguments.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
