using System.Text.Json.Nodes;
using Alur.Platform.Postgres;

namespace Alur.Host.Tests.Commands;

public sealed class DbUpgradeTests
{
    public static TheoryData<string> Verbs => ["serve", "migrate status", "api-key list", "backup", "db upgrade"];

    [Theory, MemberData(nameof(Verbs))]
    public async Task Data_of_a_version_that_is_gone_makes_every_command_refuse_and_name_the_way(string verb)
    {
        await using var data = new EmbeddedDirectory();
        Directory.CreateDirectory(Path.Combine(data.Path, "pgdata"));
        await File.WriteAllTextAsync(Path.Combine(data.Path, "pgdata", "PG_VERSION"), "13\n");

        var (exitCode, _, errors) = await HostProcess.Run(data.With(verb.Split(' ')));

        Assert.Equal(1, exitCode);
        Assert.Contains("was made by PostgreSQL 13", errors, StringComparison.Ordinal);
        Assert.Contains("./alur db upgrade", errors, StringComparison.Ordinal);
        Assert.Equal(["PG_VERSION"], Directory.EnumerateFileSystemEntries(Path.Combine(data.Path, "pgdata")).Select(Path.GetFileName));
        Directory.Delete(Path.Combine(data.Path, "pgdata"), recursive: true);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_do_it_says_so_and_beside_a_host_it_refuses()
    {
        await using var data = new EmbeddedDirectory();
        Assert.Equal("NOTHING_TO_UPGRADE", await Refused(data.With("db", "upgrade", "--json")));
        Assert.Equal(0, (await HostProcess.Run(data.With("migrate", "up"))).ExitCode);

        var (exitCode, output, _) = await HostProcess.Run(data.With("db", "upgrade"));
        Assert.Equal(0, exitCode);
        Assert.Contains("Nothing to do", output, StringComparison.Ordinal);

        using var host = await HostLock.Take(data.Path, CancellationToken.None);
        Assert.Equal("HOST_ALREADY_RUNNING", await Refused(data.With("db", "upgrade", "--json")));
    }

    [Fact]
    public async Task A_PostgreSQL_that_somebody_else_runs_is_not_touched() =>
        Assert.Equal("NOT_PRIVATE", await Refused(["db", "upgrade", "--json", "--set", "ConnectionStrings:Alur=Host=db.example"]));

    private static async Task<string?> Refused(string[] arguments)
    {
        var (exitCode, output, _) = await HostProcess.Run(arguments);
        Assert.NotEqual(0, exitCode);
        return (string?)JsonNode.Parse(output.TrimEnd('\n').Split('\n')[^1])!["code"];
    }
}
