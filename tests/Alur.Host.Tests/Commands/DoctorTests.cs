using System.Globalization;
using System.Text.Json.Nodes;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;
using Alur.Testing;

namespace Alur.Host.Tests.Commands;

public sealed class DoctorTests
{
    private static readonly BpjsSimulatorOptions Account = new();

    [Fact]
    public async Task An_installation_in_order_ends_with_0_and_every_line_says_how_it_is_to_be_taken()
    {
        await using var database = await TestDatabase.Create();
        await using var khanza = await Hospital();
        await using var bpjs = await BpjsSimulator.Start(new BpjsSimulatorOptions());

        var told = await Doctor(Settings(khanza, bpjs.Url), "--set", $"ConnectionStrings:Alur={database.AppConnectionString}");
        var english = await Doctor(Settings(khanza, bpjs.Url), "--set", $"ConnectionStrings:Alur={database.AppConnectionString}", "--language", "en", "--site", "default");

        Assert.True(told.ExitCode == 0, told.Output + told.Errors);
        var lines = told.Output.TrimEnd('\n').Split('\n');
        Assert.All(lines[..^1], line => Assert.Matches("^(OK|PERHATIAN) ", line));
        Assert.EndsWith(" 0 salah, 3 perhatian.", lines[^1], StringComparison.Ordinal); // no server ever ran here, no patient came, and nothing seals
        Assert.Contains("The Khanza account can only read.", english.Output, StringComparison.Ordinal);
        Assert.Contains("BPJS accepts the account", english.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_postgresql_down_it_starts_and_makes_nothing_and_still_looks_at_khanza_and_bpjs()
    {
        await using var data = new EmbeddedDirectory();
        await using var khanza = await Hospital();
        await using var bpjs = await BpjsSimulator.Start(new BpjsSimulatorOptions());

        var (exitCode, output, errors) = await Doctor(Settings(khanza, bpjs.Url), "--set", $"Postgres:Directory={data.Path}", "--json", "--language", "en");

        Assert.True(exitCode == 1, output + errors);
        var last = JsonNode.Parse(output.TrimEnd('\n').Split('\n')[^1])!;
        Assert.Equal((false, 1, "postgres"), ((bool)last["ok"]!, (int)last["wrong"]!, (string?)last["findings"]![0]!["check"]));
        Assert.Contains("./alur serve", (string?)last["findings"]![0]!["do"], StringComparison.Ordinal);
        Assert.All(JsonNames.Of(last), name => Assert.Matches(JsonNames.Promised, name));
        var checks = last["findings"]!.AsArray().Select(f => $"{f!["check"]} {f["level"]} {f["site"]}").ToList();
        Assert.Contains("khanza.grants ok default", checks);
        Assert.Contains("bpjs ok default", checks);
        Assert.Equal("doctor.left-out warning ", checks[^1]);
        Assert.Contains("when Khanza was last read", (string?)last["findings"]!.AsArray()[^1]!["found"], StringComparison.Ordinal);
        Assert.False(Directory.Exists(data.Path));
        Assert.All((string[])[Account.SecretKey, Account.UserKey, khanza.ReaderOptions.Password], secret => Assert.DoesNotContain(secret, output + errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_running_installation_is_looked_at_beside_its_host()
    {
        await using var data = new EmbeddedDirectory();
        await using var host = HostProcess.Start(data.Serve);
        await host.Line("Listening: ");

        var (exitCode, output, errors) = await HostProcess.Run(data.With("doctor", "--json", "--language", "en"));

        Assert.True(exitCode == 1, output + errors); // there is no Khanza
        var findings = JsonNode.Parse(output.TrimEnd('\n').Split('\n')[^1])!["findings"]!.AsArray();
        Assert.Equal(
            ["postgres.disk", "postgres", "postgres.role", "postgres.migrations", "postgres.partitions"],
            findings.Take(5).Select(f => (string?)f!["check"]));
        Assert.All(findings.Skip(1).Take(4), f => Assert.Equal("ok", (string?)f!["level"]));
        Assert.True(Alur.Platform.Postgres.PrivateCluster.IsAlive(data.Path));
    }

    [Fact]
    public async Task A_hospital_that_is_not_configured_is_wrong_usage()
    {
        var (exitCode, _, errors) = await HostProcess.Run("doctor", "--site", "elsewhere");

        Assert.Equal(2, exitCode);
        Assert.Contains("configured are: default", errors, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> Doctor(IEnumerable<string> settings, params string[] options) =>
        HostProcess.Run(["doctor", .. settings.SelectMany(s => new[] { "--set", "Antrean:Sites:default:" + s }), .. options]);

    private static string[] Settings(MariaDbTestDatabase khanza, string bpjs)
    {
        var reader = khanza.ReaderOptions;
        return
        [
            "Zone=UTC", $"Khanza:Host={reader.Host}", string.Create(CultureInfo.InvariantCulture, $"Khanza:Port={reader.Port}"), $"Khanza:User={reader.User}",
            $"Khanza:Password={reader.Password}", $"Khanza:Database={khanza.Name}",
            $"Bpjs:BaseUrl={bpjs}", $"Bpjs:ConsId={Account.ConsId}", $"Bpjs:SecretKey={Account.SecretKey}", $"Bpjs:UserKey={Account.UserKey}",
        ];
    }

    private static async Task<MariaDbTestDatabase> Hospital()
    {
        var khanza = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(khanza.Writer);
        return khanza;
    }
}
