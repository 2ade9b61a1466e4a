using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Alur.Platform.Postgres;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

public sealed class ServeTests
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task After_kill_minus_9_the_next_host_adopts_the_database_with_its_data()
    {
        await using var data = new EmbeddedDirectory();
        await using (var first = HostProcess.Start(data.Serve))
        {
            await first.Line("API key, shown this once");
            Assert.StartsWith("Data: ", first.Lines[0], StringComparison.Ordinal);
            Assert.Contains(data.Path, first.Lines[0], StringComparison.Ordinal);
            await first.Kill();
        }

        Assert.True(PrivateCluster.IsAlive(data.Path));
        await using var second = HostProcess.Start(data.Serve);

        Assert.EndsWith("was running already", await second.Line("Data: "), StringComparison.Ordinal);
        var address = await second.Line("Listening: ");
        Assert.DoesNotContain("API key, shown this once", second.Output, StringComparison.Ordinal); // it made one before: the same data
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync($"{address}/health/ready")).StatusCode);
    }

    [Fact]
    public async Task Asked_to_end_it_ends_in_order_and_takes_its_database_along()
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start(data.Serve);
        await host.Line("Listening: ");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data.Path, "second-factor.key")));

        Assert.Equal(0, await host.Terminate());
        Assert.Equal("Stopped. Nothing is lost: what happens in Khanza meanwhile is read at the next start. In observe mode nothing is sent.", host.Lines[^1]);
        Assert.False(PrivateCluster.IsAlive(data.Path));
    }

    [Fact]
    public async Task Two_hosts_do_not_share_a_directory()
    {
        await using var data = new EmbeddedDirectory();
        await using var first = HostProcess.Start(data.Serve);
        var address = await first.Line("Listening: ");

        await using var second = HostProcess.Start(data.Serve);

        Assert.Equal(1, await second.Ended());
        Assert.Contains("--set Postgres:Directory=/path", second.Errors, StringComparison.Ordinal);
        Assert.Contains($"process {first.Id}", second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Errors, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync($"{address}/health/ready")).StatusCode);
    }

    [Fact]
    public async Task A_database_that_dies_never_ends_the_server_and_is_started_again()
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start(data.Serve);
        var address = await host.Line("Listening: ");
        using (var database = Process.GetProcessById(int.Parse(File.ReadLines(Path.Combine(data.Path, "pgdata", "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture)))
        {
            database.Kill();
            await database.WaitForExitAsync();
        }

        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync($"{address}/health/live")).StatusCode);
        await UntilReady(address);
        Assert.True(PrivateCluster.IsAlive(data.Path));
    }

    [Fact]
    public async Task Every_mistake_in_the_configuration_is_told_by_key_and_nothing_is_started()
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start([.. data.Serve, "--set", "Antrean:Sites:default:Moed=send", "--set", "Antrean:Sites:default:Khanza:Port=abc", "--set", "Antrean:PollInterval=often", "--set", "Delivery:Lease=60"]);

        Assert.Equal(2, await host.Ended());
        string[] expected =
        [
            "alur: Antrean:PollInterval must be a duration such as 00:01:00, but is 'often'",
            "alur: Antrean:Sites:default:Khanza:Port must be a number, but is 'abc'",
            "alur: Antrean:Sites:default:Moed is not a setting; did you mean Mode?",
            "alur: Delivery:Lease must be a duration such as 00:01:00, but is '60', which would be days",
        ];
        Assert.Equal(expected, host.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.False(Directory.Exists(data.Path));
    }

    [Fact]
    public async Task Settings_that_contradict_each_other_are_told_by_key_too()
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start([.. data.Serve, "--set", "Antrean:Sites:default:Mode=send", "--set", "Antrean:Sites:default:Zone=Mars", "--set", "Delivery:Concurrency=0"]);

        Assert.Equal(2, await host.Ended());
        var errors = host.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        Assert.True(errors.Remove("alur: Delivery:Concurrency: The field Concurrency must be between 1 and 1000."), host.Errors);
        Assert.All(errors, e => Assert.StartsWith("alur: Antrean:Sites:default:", e, StringComparison.Ordinal));
        Assert.All(["Zone", "SendFrom", "Profile"], key => Assert.Single(errors, e => e.StartsWith($"alur: Antrean:Sites:default:{key} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_that_is_not_JSON_is_told_without_a_stack_trace()
    {
        await using var data = new EmbeddedDirectory();
        Directory.CreateDirectory(data.Path);
        var file = Path.Combine(data.Path, "own.json");
        await File.WriteAllTextAsync(file, "{ \"Antrean\": ");

        var (exitCode, _, errors) = await HostProcess.Run("serve", "--config", file);

        Assert.Equal(2, exitCode);
        Assert.StartsWith($"alur: {file} is not valid JSON", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_section_of_the_file_is_not_passed_over()
    {
        await using var data = new EmbeddedDirectory();
        Directory.CreateDirectory(data.Path);
        var file = Path.Combine(data.Path, "own.json");
        await File.WriteAllTextAsync(file, """{ "Antraen": { "Sites": {} }, "Logging": {} }""");

        var (exitCode, _, errors) = await HostProcess.Run("serve", "--config", file);

        Assert.Equal(2, exitCode);
        Assert.StartsWith("alur: Antraen is not a section (", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        await using var data = new EmbeddedDirectory();
        Directory.CreateDirectory(data.Path);
        await File.WriteAllTextAsync(Path.Combine(data.Path, "alur.json"), """{ "Postgres": { "Name": "FILE" }, "Antrean": { "PollInterval": "file" } }""");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["ALUR_Postgres__Name"] = "ENV", ["Antrean__PollInterval"] = "env" };

        await using var host = HostProcess.Start(["serve", "--set", "Postgres:Name=LINE"], environment, data.Path);

        Assert.Equal(2, await host.Ended());
        Assert.Contains("Postgres:Name must be a short lower-case word, but is 'LINE'", host.Errors, StringComparison.Ordinal);
        Assert.Contains("Antrean:PollInterval must be a duration such as 00:01:00, but is 'env'", host.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_runtime_role_that_owns_the_tables_is_refused()
    {
        await using var database = await TestDatabase.Create();

        var (exitCode, _, errors) = await HostProcess.Run("serve", "--set", "urls=http://127.0.0.1:0", "--set", $"ConnectionStrings:Alur={database.OwnerConnectionString}");

        Assert.Equal(2, exitCode);
        Assert.Contains("ConnectionStrings:Alur: the role alur_owner owns tables", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_owner_it_never_migrates_and_says_which_command_to_run()
    {
        await using var database = await TestDatabase.CreateEmpty();

        var (exitCode, _, errors) = await HostProcess.Run("serve", "--set", "urls=http://127.0.0.1:0", "--set", $"ConnectionStrings:Alur={database.AppConnectionString}");

        Assert.Equal(1, exitCode);
        Assert.Contains("platform/0001_platform", errors, StringComparison.Ordinal);
        Assert.Contains("alur migrate up", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_owner_it_migrates_a_configured_server_and_logs_in_JSON_to_stderr()
    {
        await using var database = await TestDatabase.CreateEmpty();
        await using var host = HostProcess.Start(
            "serve", "--set", "urls=http://127.0.0.1:0", "--set", $"ConnectionStrings:Alur={database.AppConnectionString}", "--set", $"ConnectionStrings:AlurOwner={database.OwnerConnectionString}");

        var address = await host.Line("Listening: ");
        using var live = await Http.GetAsync($"{address}/health/live");

        Assert.Equal("live", (string?)JsonNode.Parse(await live.Content.ReadAsStringAsync())!["status"]);
        Assert.Equal(0, await host.Terminate());
        Assert.All(host.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.NotNull(JsonNode.Parse(line)!["LogLevel"]));
    }

    private static async Task UntilReady(string address)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while ((await Http.GetAsync($"{address}/health/ready")).StatusCode != HttpStatusCode.OK)
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, "not ready again within 60 s");
            await Task.Delay(200);
        }
    }
}
