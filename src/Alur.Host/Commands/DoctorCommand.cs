using System.CommandLine;
using Alur.Host.Startup;
using Alur.Platform.Doctor;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Journal.Sealing;

namespace Alur.Host.Commands;

/// <summary><c>alur doctor</c>: looks at everything the server needs, one line each, with what to do. Starts and changes nothing.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> Site = new("--site") { Description = "Only this hospital", HelpName = "CODE" };

    public static Command Create()
    {
        var doctor = new Command("doctor", "Look at the database, every Khanza and every BPJS account, and say what is wrong and what to do (reads only)")
        {
            Site, Spoken.Option, CommandLine.Json,
        };
        doctor.SetAction(Run);
        return doctor.WithSettings();
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        var configuration = HostSettings.Read(parsed);
        await using var services = VerbServices.Build(configuration);
        if (parsed.GetValue(Site) is { } site)
            KnownSites.Check(services, site);
        var place = await DatabaseSession.Look(configuration, ct);
        services.GetRequiredService<SecondFactorKeys>().Beside(place.Directory);
        services.GetRequiredService<SealKey>().Use(configuration[JournalOptions.SealKeyFileKey], place.Directory);
        var findings = await RunDoctor.Run(services, place, parsed.GetValue(Site), ct);
        var ok = findings.All(f => f.Level != FindingLevel.Wrong);
        CommandLine.Print(parsed, Json(ok, findings, Spoken.In(parsed)), o => Tell(o, findings, Spoken.In(parsed)));
        return ok ? CommandLine.Succeeded : CommandLine.Failed;
    }

    private static object Json(bool ok, IReadOnlyList<Finding> findings, Language language) => new
    {
        ok,
        wrong = findings.Count(f => f.Level == FindingLevel.Wrong),
        warnings = findings.Count(f => f.Level == FindingLevel.Warning),
        findings = findings.Select(f => new
        {
            check = f.Check,
            site = f.Subject,
            level = f.Level switch { FindingLevel.Ok => "ok", FindingLevel.Warning => "warning", FindingLevel.Wrong => "wrong" },
            found = f.Found.In(language),
            @do = f.Do?.In(language),
        }),
    };

    private static void Tell(TextWriter console, IReadOnlyList<Finding> findings, Language language)
    {
        foreach (var finding in findings)
        {
            var toDo = finding.Do is { } words ? $" → {words.In(language)}" : "";
            console.WriteLine($"{Level(finding.Level).In(language),-10} {(finding.Subject is null ? "" : finding.Subject + ": ")}{finding.Found.In(language)}{toDo}".ReplaceLineEndings(" "));
        }

        var (wrong, warnings) = (findings.Count(f => f.Level == FindingLevel.Wrong), findings.Count(f => f.Level == FindingLevel.Warning));
        console.WriteLine(new Words($"{findings.Count} pemeriksaan, {wrong} salah, {warnings} perhatian.", $"{findings.Count} {Words.Of(findings.Count, "check")}, {wrong} wrong, {warnings} {Words.Of(warnings, "warning")}.").In(language));
    }

    private static Words Level(FindingLevel level) => level switch
    {
        FindingLevel.Ok => new("OK", "OK"),
        FindingLevel.Warning => new("PERHATIAN", "WARNING"),
        FindingLevel.Wrong => new("SALAH", "WRONG"),
    };
}
