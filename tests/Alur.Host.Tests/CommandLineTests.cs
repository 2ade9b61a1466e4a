using Npgsql;

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
    [InlineData("doctor --language de", "alur: --language must be id or en, but is 'de'.")]
    [InlineData("serve --set Antrean:Sites:default:Khanza:Password=", "--set: 'Antrean:Sites:default:Khanza:Password=' has no value")]
    [InlineData("demo --server-set Antrean:PollInterval=", "--server-set: 'Antrean:PollInterval=' is not KEY=VALUE")]
    [InlineData("antrean report --date 21-11-2026", "alur: --date must be a day such as 2026-01-20, but is '21-11-2026'.")]
    [InlineData("antrean report --date 01/02/2026", "alur: --date must be a day such as 2026-01-20, but is '01/02/2026'.")]
    [InlineData("antrean profile --days abc", "alur: --days must be a whole number, but is 'abc'.")]
    [InlineData("simulate khanza --poll x", "alur: --poll must be a number such as 2.5, but is 'x'.")]
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

    [Theory]
    [InlineData("migrate", "up", "down", "status")]
    [InlineData("api-key", "new", "list", "revoke")]
    [InlineData("user", "add", "reset", "list", "disable", "enable", "role", "grants")]
    [InlineData("db", "upgrade")]
    [InlineData("antrean", "profile", "report")]
    [InlineData("simulate", "bpjs", "khanza")]
    [InlineData("simulate --nonsense", "bpjs", "khanza")]
    [InlineData("", "serve", "demo", "doctor")]
    public async Task A_verb_that_needs_another_one_lists_them_with_a_line_for_each(string given, params string[] verbs)
    {
        var (exitCode, output, errors) = await HostProcess.Run(given.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        var path = $"./alur {given.Split(' ')[0]}".TrimEnd();
        Assert.Equal((2, ""), (exitCode, output));
        Assert.All(verbs, verb => Assert.Matches($@"(?m)^  {path} {verb} +\S", errors));
        Assert.Equal(given.Contains("--nonsense", StringComparison.Ordinal), errors.Contains("alur: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_version_is_the_builds_with_the_commit_if_it_has_one()
    {
        var (exitCode, output, errors) = await HostProcess.Run("--version");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Matches(@"^alur \d+\.\d+\.\d+( \(commit [0-9a-f]{12}\))?\n$", output);
        Assert.Equal(("1.2.3 (commit 08297e0eb7be)", "1.2.3"), (ProgramVersion.Of("1.2.3+08297e0eb7be54d175231a5766757127491f70d8"), ProgramVersion.Of("1.2.3")));
    }

    [Fact]
    public void What_a_database_answered_is_one_line_without_what_moves_a_terminal()
    {
        var refused = CommandLine.Explain(new PostgresException("no\nroom\u001b[2J", "ERROR", "ERROR", "53100"));
        var away = CommandLine.Explain(new NpgsqlException("gone\r\n\u001b[2J"));

        Assert.Equal("The database refused: no room\uFFFD[2J (53100)", Assert.Single(refused!.Messages));
        Assert.Equal("The database does not answer: gone  \uFFFD[2J", Assert.Single(away!.Messages));
    }

    [Fact]
    public async Task A_default_is_shown_as_it_would_be_typed()
    {
        var (_, output, _) = await HostProcess.Run("antrean", "report", "--help");

        Assert.Contains("[default: id]", output, StringComparison.Ordinal);
    }
}
