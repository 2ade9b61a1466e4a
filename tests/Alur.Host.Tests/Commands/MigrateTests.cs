using System.Text.Json.Nodes;
using Alur.Platform.Postgres;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

public sealed class MigrateTests
{
    [Fact]
    public async Task Two_processes_that_migrate_at_once_apply_every_migration_once()
    {
        await using var database = await TestDatabase.CreateEmpty();

        var both = await Task.WhenAll(Migrate(database, "up", "--json"), Migrate(database, "up", "--json"));

        Assert.All(both, run => Assert.True(run.ExitCode == 0, run.Errors));
        var applied = both.SelectMany(run => LastLine(run.Output)["applied"]!.AsArray().Select(id => (string)id!)).ToList();
        Assert.Equal(applied.Distinct(), applied);
        Assert.Contains("platform/0001_platform", applied);
        Assert.Equal(0, (int)LastLine((await Migrate(database, "status", "--json")).Output)["pending"]!);
    }

    [Fact]
    [Trait("Spec", "X-024")]
    public async Task Reverting_destroys_nothing_unless_told_yes()
    {
        await using var database = await TestDatabase.Create();

        var asked = await Migrate(database, "down", "--json");
        var told = await Migrate(database, "down", "--to", "nothing", "--yes", "--json");

        Assert.Equal(2, asked.ExitCode);
        Assert.Equal("NOT_CONFIRMED", (string?)LastLine(asked.Output)["code"]);
        Assert.Equal(0, told.ExitCode);
        Assert.Equal("platform/0001_platform", (string?)LastLine(told.Output)["reverted"]!.AsArray()[^1]);
    }

    [Fact]
    public async Task A_verb_without_a_host_starts_the_embedded_database_and_stops_it_again()
    {
        await using var data = new EmbeddedDirectory();

        var (exitCode, output, errors) = await HostProcess.Run(data.With("migrate", "up"));

        Assert.True(exitCode == 0, errors);
        Assert.StartsWith("Applied: platform/0001_platform", output, StringComparison.Ordinal);
        Assert.False(PrivateCluster.IsAlive(data.Path));
    }

    [Fact]
    public async Task A_verb_beside_a_running_host_leaves_the_database_running()
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start(data.Serve);
        await host.Line("Listening: ");

        var (exitCode, output, _) = await HostProcess.Run(data.With("api-key", "list", "--json"));

        Assert.Equal(0, exitCode);
        Assert.Equal("first", (string?)LastLine(output)["keys"]![0]!["name"]);
        Assert.True(PrivateCluster.IsAlive(data.Path));
    }

    [Fact]
    public async Task A_verb_starts_no_database_while_a_host_elsewhere_holds_the_directory()
    {
        await using var data = new EmbeddedDirectory();
        Directory.CreateDirectory(data.Path);
        using var elsewhere = await HostLock.Take(data.Path, CancellationToken.None); // as of another container: its processes are not seen here

        var (exitCode, output, errors) = await HostProcess.Run(data.With("migrate", "status", "--json"));

        Assert.Equal(1, exitCode);
        Assert.Equal("HOST_ALREADY_RUNNING", (string?)LastLine(output)["code"]);
        Assert.Equal(
            $"alur: Another Alur host (process {Environment.ProcessId}) is using {data.Path}, and its database cannot be reached from here. Run this where that host runs, or stop it first. [HOST_ALREADY_RUNNING]",
            errors.Trim());
        Assert.False(Directory.Exists(Path.Combine(data.Path, "pgdata")));
    }

    [Fact]
    public async Task Verbs_at_once_use_the_embedded_database_one_after_the_other()
    {
        await using var data = new EmbeddedDirectory();
        Assert.Equal(0, (await HostProcess.Run(data.With("migrate", "up"))).ExitCode);

        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => HostProcess.Run(data.With("api-key", "new", $"caller{i}"))));

        Assert.All(all, run => Assert.True(run.ExitCode == 0, run.Errors));
        Assert.False(PrivateCluster.IsAlive(data.Path));
    }

    [Fact]
    public async Task Data_of_another_major_version_is_refused()
    {
        await using var data = new EmbeddedDirectory();
        Directory.CreateDirectory(Path.Combine(data.Path, "pgdata"));
        await File.WriteAllTextAsync(Path.Combine(data.Path, "pgdata", "PG_VERSION"), "11\n");

        var (exitCode, output, errors) = await HostProcess.Run(data.With("migrate", "status", "--json"));

        Assert.Equal(1, exitCode);
        Assert.Equal("DATA_VERSION_MISMATCH", (string?)LastLine(output)["code"]);
        Assert.Contains("PostgreSQL 11", errors, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(data.Path, "pgdata"), recursive: true);
    }

    private static Task<(int ExitCode, string Output, string Errors)> Migrate(TestDatabase database, params string[] verb) => HostProcess.Run(
        ["migrate", .. verb, "--set", $"ConnectionStrings:Alur={database.AppConnectionString}", "--set", $"ConnectionStrings:AlurOwner={database.OwnerConnectionString}"]);

    private static JsonNode LastLine(string output) => JsonNode.Parse(output.TrimEnd('\n').Split('\n')[^1])!;
}
