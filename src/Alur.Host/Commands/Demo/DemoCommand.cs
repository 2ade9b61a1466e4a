using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace Alur.Host.Commands.Demo;

/// <summary><c>alur demo</c>: a hospital day from Khanza to BPJS in about a minute, on this machine, with everything real but the outside.</summary>
internal static class DemoCommand
{
    private static readonly Option<int> Visits = new("--visits") { Description = "Visits of the day", DefaultValueFactory = _ => 400 };
    private static readonly Option<string> Faults = new("--faults") { Description = "none: BPJS answers always; light: 2 % faulty answers and an outage; heavy: 15 %, three outages, lost answers, a restart of Khanza, a killed server", DefaultValueFactory = _ => "none" };
    private static readonly Option<string> Khanza = new("--khanza") { Description = "own: Khanza's own tables; fork: tables as some hospitals have changed them, with task_id_3 to task_id_5, other numbers, missing keys", DefaultValueFactory = _ => "own" };
    private static readonly Option<int> Seed = new("--random-seed") { Description = "The same seed gives the same day", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> Keep = new("--keep") { Description = "Leave servers and data for looking around" };
    private static readonly Option<double> DaySeconds = new("--day-seconds") { Description = "Real length of the day", DefaultValueFactory = _ => 60, Hidden = true };

    private static readonly Option<string[]> Server = new("--server-set") { Description = "One more setting of the server, as its --set: KEY=VALUE, once for each" };

    // For trying how the demo fails.
    private static readonly Option<double?> Patience = new("--patience-seconds") { Description = "Longest wait after the day without any call", Hidden = true };

    public static Command Create()
    {
        Faults.CompletionSources.Add("none", "light", "heavy");
        Faults.Validators.Add(v =>
        {
            if (v.GetValueOrDefault<string>() is not ("none" or "light" or "heavy"))
                v.AddError("--faults must be none, light or heavy.");
        });
        Khanza.CompletionSources.Add("own", "fork");
        Khanza.Validators.Add(v =>
        {
            if (v.GetValueOrDefault<string>() is not ("own" or "fork"))
                v.AddError("--khanza must be own or fork.");
        });
        Visits.Validators.Add(v => Within(v, Visits, 1, 20_000));
        Server.Validators.Add(v =>
        {
            foreach (var token in v.Tokens.Where(t => t.Value.Split('=', 2) is not [{ Length: > 0 }, { Length: > 0 }]))
                v.AddError($"--server-set: '{token.Value}' is not KEY=VALUE");
        });
        DaySeconds.Validators.Add(v => Within(v, DaySeconds, 5, 3600));
        var demo = new Command("demo", "Play a hospital day from Khanza to BPJS and compare both ledgers") { Visits, Faults, Khanza, Seed, CommandLine.Json, Keep, DaySeconds, Patience, Server };
        demo.SetAction(Run);
        return demo;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        var json = parsed.GetResult(CommandLine.Json) is not null;
        var settings = new DemoSettings(
            parsed.GetValue(Visits), parsed.GetValue(Faults)!, parsed.GetValue(Seed), json, parsed.GetValue(Keep),
            DemoSettings.LastWorkingDay(DateTimeOffset.UtcNow), parsed.GetValue(DaySeconds))
        {
            Fork = parsed.GetValue(Khanza) == "fork",
            Patience = TimeSpan.FromSeconds(parsed.GetValue(Patience) ?? 30),
            ServerSettings = [.. (parsed.GetValue(Server) ?? []).Select(s => s.Split('=', 2)).Select(s => (s[0], s[1]))],
        };
        var report = new DemoReport(json ? Console.Error : Console.Out, settings);
        await using var stage = await DemoStage.Prepare("demo", ct, settings.Fork);
        stage.Keep = settings.Keep;
        var outcome = await Play(settings, stage, report, ct);
        CommandLine.Print(parsed, outcome.Result, _ => { }, JsonSerializerOptions.Web); // its names are camelCase, as the benches' are
        return outcome.Problems.Count == 0 ? CommandLine.Succeeded : CommandLine.Failed;
    }

    private static async Task<DemoOutcome> Play(DemoSettings settings, DemoStage stage, DemoReport report, CancellationToken ct)
    {
        using var play = new PlayDemo(settings, stage, settings.IsHeavy ? new HeavyDay() : new QuietDay());
        try
        {
            await play.Start(configuration => report.Opening(configuration, stage.Directory), ct);
            var outcome = await new DemoScreen().While(show => play.Run(show, ct));
            report.Closing(outcome);
            if (settings.Keep)
                await LeaveRunning(stage, play);
            return outcome;
        }
        catch when (settings.Keep)
        {
            await Console.Error.WriteLineAsync($"""
                Broken off, and left as it is. The next ./alur demo stops it and removes its data before it begins:
                {Ends(stage)}
                """);
            throw;
        }
    }

    private static async Task LeaveRunning(DemoStage stage, PlayDemo play)
    {
        var postgres = new NpgsqlConnectionStringBuilder(stage.Postgres.AppConnectionString);
        var khanza = stage.Khanza.Reader;
        await Console.Error.WriteLineAsync($"""
            Open in a browser: {play.BrowserUrl}
            Left running. The next ./alur demo stops it and removes its data before it begins:
              API      curl -H 'Authorization: Bearer {play.ApiKey}' {play.ServerUrl}/api/antrean/visits
              Khanza   mariadb -h {khanza.Host} -P {khanza.Port} -u {khanza.User} -p{khanza.Password} {stage.Khanza.Name}
              Postgres PGPASSWORD={postgres.Password} psql -h {postgres.Host} -U {postgres.Username} {postgres.Database}
            {Ends(stage)}
            """);
    }

    private static string Ends(DemoStage stage) => $"""
          logs     {stage.Directory}/*.log
          end now  kill {string.Join(' ', stage.ProcessIds())}
        """;

    private static void Within<T>(System.CommandLine.Parsing.OptionResult result, Option<T> option, T least, T most) where T : IComparable<T>, IParsable<T>
    {
        // What is no number at all makes the parser throw here; it is told like a number out of range.
        var fits = result.Tokens.Count == 0
            || (T.TryParse(result.Tokens[^1].Value, CultureInfo.InvariantCulture, out var value) && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0);
        if (!fits)
            result.AddError($"{option.Name} must be a number between {least} and {most}.");
    }
}
