using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Antrean.Profiles;
using Alur.Host.Startup;
using Alur.Platform.Results;

namespace Alur.Host.Commands.Antrean;

/// <summary><c>alur antrean profile</c>: which Khanza columns tell which task, measured in the hospital's own data.</summary>
internal static class AntreanCommand
{
    private static readonly Option<string> Site = new("--site") { Description = "The hospital", HelpName = "CODE", DefaultValueFactory = _ => "default" };
    private static readonly Option<int> Days = new("--days") { Description = "How many whole days before today are read", HelpName = "N", DefaultValueFactory = _ => 30 };

    public static Command Create()
    {
        var profile = new Command("profile", "Measure which Khanza columns can tell which task, and choose those that complete most visits (reads only)")
        {
            Site, Days, Spoken.Option, CommandLine.Json,
        };
        profile.SetAction(Profile);
        return new Command("antrean", "What the hospital's Khanza database is like") { profile }.WithSettings();
    }

    private static async Task<int> Profile(ParseResult parsed, CancellationToken ct)
    {
        var configuration = HostSettings.Read(parsed);
        await using var services = VerbServices.Build(configuration);
        await using var database = await DatabaseSession.Open(configuration, asHost: false, ct);
        configuration["ConnectionStrings:Alur"] = database.App;
        var run = services.GetRequiredService<Func<ProfileRequest, CancellationToken, Task<Result<ProfileReport>>>>();
        var report = Value(await run(new(parsed.GetValue(Site)!, parsed.GetValue(Days)), ct));
        var works = report.Best.Complete > 0;
        CommandLine.Print(parsed, Json(works, report), o => new ProfileText(report, Spoken.In(parsed), o).Write());
        return works ? CommandLine.Succeeded : CommandLine.Failed;
    }

    private static JsonObject Json(bool ok, ProfileReport report)
    {
        var json = JsonSerializer.SerializeToNode(report, JsonSerializerOptions.Web)!.AsObject();
        json.Insert(0, "ok", ok);
        return json;
    }

    private static ProfileReport Value(Result<ProfileReport> result) => result.Error is { } error
        ? throw new Refusal(error is Unavailable ? CommandLine.Failed : CommandLine.WrongUsage, error.Code, [error.Message])
        : result.Value;
}
