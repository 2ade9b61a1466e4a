using System.CommandLine;
using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Antrean.FirstRun;
using Alur.Antrean.Profiles;
using Alur.Host.Startup;
using Alur.Platform.Results;
using Alur.Platform.Texts;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Host.Commands.Antrean;

/// <summary>
/// <c>alur antrean profile</c>: which Khanza columns tell which task, measured in the hospital's own data. <c>alur antrean report</c>: what would be sent of
/// one day, from what the server has stored. <c>alur antrean mode</c>: whether a hospital sends, and the switch.
/// </summary>
internal static class AntreanCommand
{
    private static readonly Option<string> Site = new("--site") { Description = "The hospital", HelpName = "CODE", DefaultValueFactory = _ => "default" };
    private static readonly Option<DateOnly?> Date = new("--date") { Description = "Day of service, as 2026-01-20; today when left out", HelpName = "DAY", CustomParser = TypedValues.Day };
    private static readonly Option<int> Days = new("--days") { Description = "How many whole days before today are read", HelpName = "N", DefaultValueFactory = _ => 30 };

    public static Command Create()
    {
        var profile = new Command("profile", "Measure which Khanza columns can tell which task, and choose those that complete most visits (reads only)")
        {
            Site, Days, Spoken.Option, CommandLine.Json,
        };
        profile.SetAction(Profile);
        var report = new Command("report", "What would be sent of one day, and what holds the rest (reads only)") { Site, Date, Spoken.Option, CommandLine.Json };
        report.SetAction(Report);
        return new Command("antrean", "What the hospital's Khanza database is like, what would be sent of it, and whether it is") { profile, report, ModeVerb.Create(Site) }.WithSettings();
    }

    private static async Task<int> Profile(ParseResult parsed, CancellationToken ct)
    {
        var configuration = HostSettings.Read(parsed);
        await using var services = VerbServices.Build(configuration);
        KnownSites.Check(services, parsed.GetValue(Site)!);
        await using var database = await DatabaseSession.Open(configuration, asHost: false, ct);
        configuration["ConnectionStrings:Alur"] = database.App;
        var run = services.GetRequiredService<Func<ProfileRequest, CancellationToken, Task<Result<ProfileReport>>>>();
        var report = Value(await run(new(parsed.GetValue(Site)!, parsed.GetValue(Days)), ct));
        var works = report.Best.Complete > 0;
        CommandLine.Print(parsed, Json(works, report), o => new ProfileText(report, Spoken.In(parsed), o, new NextCommand(parsed, Site)).Write(HostSettings.FileInUse(parsed)));
        return works ? CommandLine.Succeeded : CommandLine.Failed;
    }

    private static async Task<int> Report(ParseResult parsed, CancellationToken ct)
    {
        var configuration = HostSettings.Read(parsed);
        await using var services = VerbServices.Build(configuration);
        KnownSites.Check(services, parsed.GetValue(Site)!);
        await using var database = await DatabaseSession.Open(configuration, asHost: false, ct);
        configuration["ConnectionStrings:Alur"] = database.App;
        var run = services.GetRequiredService<Func<DayReportRequest, CancellationToken, Task<Result<DayReport>>>>();
        var report = Value(await run(new(parsed.GetValue(Site)!, parsed.GetValue(Date)), ct));
        var (profiles, without) = report.Visits == 0 ? (null, null) : await Compared(services, report, ct);
        var json = Json(ok: true, report);
        json["profiles"] = profiles is null ? null : new JsonObject
        {
            ["visits"] = profiles.Visits, ["named"] = Node(profiles.Named), ["current"] = Node(profiles.Current), ["best"] = Node(profiles.Best),
        };
        json["profiles_error"] = without;
        CommandLine.Print(parsed, json, o => new ReportText(report, Spoken.In(parsed), o, new NextCommand(parsed, Site), DemoClock.IsSet(configuration)).Write(profiles, without));
        return CommandLine.Succeeded;
    }

    // What another choice of columns would do is in Khanza only; the report does not fail when that cannot be read.
    private static async Task<(ProfileReport? Profiles, string? Without)> Compared(ServiceProvider services, DayReport report, CancellationToken ct)
    {
        var run = services.GetRequiredService<Func<ProfileRequest, CancellationToken, Task<Result<ProfileReport>>>>();
        try
        {
            var compared = await run(new(report.Site, 1, report.Date), ct);
            return compared.Ok ? (compared.Value, null) : (null, compared.Error.Message);
        }
        catch (DbException e) when (e is not NpgsqlException)
        {
            return (null, OutsideText.Clean(e.Message));
        }
    }

    private static JsonObject Json<T>(bool ok, T report)
    {
        var json = Node(report)!.AsObject();
        json.Insert(0, "ok", ok);
        return json;
    }

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, WebJson.Results);

    internal static T Value<T>(Result<T> result) => result.Error is { } error
        ? throw new Refusal(error is Unavailable or Conflict ? CommandLine.Failed : CommandLine.WrongUsage, error.Code, [error.Message])
        : result.Value;
}
