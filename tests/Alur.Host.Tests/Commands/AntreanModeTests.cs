using System.Text.Json.Nodes;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

public sealed class AntreanModeTests
{
    private const string Served = "insert into antrean.sites (code, name, zone, profile) values ('default', 'RS Contoh', 'Asia/Jakarta', 'khanza')";

    private static readonly string[] Ready =
    [
        "--set", "Antrean:Sites:default:Profile=khanza", "--set", "Antrean:Sites:default:Bpjs:BaseUrl=http://127.0.0.1:9", "--set", "Antrean:Sites:default:Bpjs:ConsId=1",
        "--set", "Antrean:Sites:default:Bpjs:SecretKey=2", "--set", "Antrean:Sites:default:Bpjs:UserKey=3",
    ];

    [Fact]
    public async Task The_mode_is_told_and_switched_and_told_beside_what_is_configured()
    {
        await using var database = await TestDatabase.Create();
        await database.Owner.CreateCommand(Served).ExecuteNonQueryAsync();

        var before = await Mode(database, "--language", "en");
        var switched = await Mode(database, ["send", "--json", .. Ready]);
        var after = await Mode(database, "--language", "en");

        Assert.Equal("default: observes, nothing is sent.", before.Output.Trim());
        var json = JsonNode.Parse(switched.Output.TrimEnd().Split('\n')[^1])!;
        Assert.Equal((true, true, "send", "system"), ((bool)json["ok"]!, (bool)json["changed"]!, (string?)json["now"]!["mode"], (string?)json["now"]!["switched"]!["by"]));
        Assert.All(JsonNames.Of(json), name => Assert.Matches(JsonNames.Promised, name));
        Assert.StartsWith("default: sends to BPJS.", after.Output, StringComparison.Ordinal);
        Assert.Contains("Switched to send from ", after.Output, StringComparison.Ordinal);
        Assert.EndsWith("; the configuration says observe.", after.Output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_for_sending_is_named_and_a_word_that_is_none_is_wrong_usage()
    {
        await using var database = await TestDatabase.Create();
        await database.Owner.CreateCommand(Served).ExecuteNonQueryAsync();

        var refused = await Mode(database, "send");
        var misspelt = await Mode(database, "sent");

        Assert.Equal((1, 2), (refused.ExitCode, misspelt.ExitCode));
        Assert.Contains("Missing: Antrean:Sites:default:Profile, Antrean:Sites:default:Bpjs:BaseUrl", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("[SEND_NOT_READY]", refused.Errors, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> Mode(TestDatabase database, params string[] options) =>
        HostProcess.Run(["antrean", "mode", "--set", $"ConnectionStrings:Alur={database.AppConnectionString}", .. options]);
}
