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
