using System.Text.Json.Nodes;
using Alur.Testing;
using Npgsql;

namespace Alur.Host.Tests.Commands;

public sealed class JournalTests : IAsyncLifetime
{
    private const string Happened = """
        insert into journal.streams (stream_id, kind, version) values ('visit:1', 'visit', 3);
        insert into journal.entries (id, stream_id, version, type, schema_version, performed_by, actor_kind, performed_at)
        select gen_random_uuid(), 'visit:1', n, case n when 1 then 'VISIT_REGISTERED' else 'QUEUE_JOINED' end, 1, 'clerk', 'USER', now() from generate_series(1, 3) n;
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("alur-journal-").FullName;
    private TestDatabase? _database;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        await using var command = _database.Owner.CreateCommand(Happened);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await _database!.DisposeAsync();
    }

    [Fact]
    public async Task What_the_server_seals_is_exported_and_a_change_in_the_file_is_found_without_a_database()
    {
        await Sealed();
        var file = Path.Combine(_folder, "journal.jsonl");

        var exported = await Journal("export", "--to", file);
        var verified = await HostProcess.Run("journal", "verify", file, "--head", (string)exported["head"]!, "--key", (string)exported["keys"]![0]!, "--json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"QUEUE_JOINED\"", "\"QUEUE_CALLED\"", StringComparison.Ordinal));
        var changed = await HostProcess.Run("journal", "verify", file);

        Assert.Equal((3, 0), ((int)exported["entries"]!, (int)exported["unsealed"]!));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Errors);
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("(visit:1, version 2) was changed after block 1 had sealed it.", changed.Output, StringComparison.Ordinal);
        Assert.Contains("NOT as it was sealed", changed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_that_nothing_seals_is_not_taken_for_a_good_one()
    {
        var file = Path.Combine(_folder, "journal.jsonl");
        await Journal("export", "--to", file);

        var told = await HostProcess.Run("journal", "verify", file);
        var json = await HostProcess.Run("journal", "verify", file, "--json");

        Assert.Equal((1, 1), (told.ExitCode, json.ExitCode));
        Assert.StartsWith("Nothing is sealed: nothing speaks for or against the 3 entries of this file.", told.Output, StringComparison.Ordinal);
        Assert.Equal((false, 0), ((bool)JsonNode.Parse(json.Output)!["ok"]!, (int)JsonNode.Parse(json.Output)!["blocks"]!));
    }

    [Fact]
    public async Task Figures_and_consumers_are_told_and_a_consumer_is_steered_by_its_name()
    {
        await Sealed();

        var stats = await Journal("stats");
        await Journal("pause", "journal.seal");
        var paused = await Journal("consumers");
        await Journal("resume", "journal.seal");
        await Journal("reset", "journal.seal", "--to", "1");
        var resumed = await Journal("consumers");
        var unknown = await HostProcess.Run(["journal", "pause", "nobody", "--json", .. Settings]);
        var anew = await HostProcess.Run(["journal", "rebuild", "journal.seal", .. Settings]);

        Assert.Equal(("QUEUE_JOINED", 2), ((string)stats["types"]![0]!["type"]!, (int)stats["types"]![0]!["entries"]!));
        Assert.Equal((3, 1), ((int)stats["entries"]!, (int)stats["blocks"]!));
        Assert.Equal(("journal.seal", "PAUSED"), ((string)paused["consumers"]![0]!["name"]!, (string)paused["consumers"]![0]!["state"]!));
        Assert.Equal(("RUNNING", 2), ((string)resumed["consumers"]![0]!["state"]!, (int)resumed["consumers"]![0]!["behind"]!));
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("CONSUMER_UNKNOWN", unknown.Output, StringComparison.Ordinal);
        Assert.Equal(1, anew.ExitCode);
        Assert.Contains("Seals are never made anew", anew.Errors, StringComparison.Ordinal);
        Assert.Contains("[CONSUMER_STAYS]", anew.Errors, StringComparison.Ordinal);
    }

    private string[] Settings => ["--set", $"ConnectionStrings:Alur={_database!.AppConnectionString}"];

    private async Task<JsonNode> Journal(params string[] verb)
    {
        var (exitCode, output, errors) = await HostProcess.Run(["journal", .. verb, "--json", .. Settings]);
        Assert.True(exitCode == 0, output + errors);
        return JsonNode.Parse(output.TrimEnd('\n').Split('\n')[^1])!;
    }

    private async Task Sealed()
    {
        await using var server = HostProcess.Start(["serve", "--set", "urls=http://127.0.0.1:0", "--set", $"Journal:SealKeyFile={Path.Combine(_folder, "seal.pem")}", .. Settings]);
        await server.Line("Listening: ");
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (await Blocks() == 0)
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, server.Output + server.Errors);
            await Task.Delay(50);
        }

        await server.Terminate();
    }

    private async Task<long> Blocks()
    {
        await using var command = new NpgsqlCommand("select count(*) from journal.seals", await _database!.Owner.OpenConnectionAsync());
        await using var connection = command.Connection!;
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
