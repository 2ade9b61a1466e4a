using System.Globalization;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;
using Spectre.Console;

namespace Alur.Host.Commands.Demo;

/// <summary>What a person reads: the configuration before, the table after.</summary>
internal sealed class DemoReport(TextWriter output, DemoSettings settings)
{
    private const int FindingsShown = 5;

    private readonly IAnsiConsole _console = WideEnough(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }));

    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["CLINIC_UNMAPPED"] = "the clinic has no BPJS code (maping_poli_bpjs)",
        ["DOCTOR_UNMAPPED"] = "the doctor has no BPJS code",
        ["NO_SCHEDULE"] = "the doctor has no hours in the schedule (jadwal)",
        ["QUOTA_MISSING"] = "the schedule has no quota (jadwal.kuota)",
        ["TIME_UNREADABLE"] = "the time of registration cannot be read",
        ["TIME_WRONG_DAY"] = "on another day than the visit; BPJS would refuse it",
        ["NEW_PATIENT_NEEDS_ADMISSION_TASKS"] = "BPJS wants admission tasks of new patients, and nobody records them",
        ["OUTSIDE_SEND_FROM"] = "the day was over when it was typed in, or began before sending did",
        ["CLINIC_EXCLUDED"] = "the clinic is excluded by configuration (emergency unit)",
        ["TIME_NOT_LATER"] = "not later than the step before; BPJS would refuse it",
        ["PREDECESSOR_MISSING"] = "the step before never happened or is itself held",
        ["REGISTER_NOT_SENT"] = "BPJS does not know the visit",
    };

    /// <summary>What kind of day it will be; the configuration of the server, passwords left out, goes to a file beside the logs.</summary>
    public void Opening(IReadOnlyDictionary<string, string> configuration, string directory)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"A hospital day ({settings.Day:dddd yyyy-MM-dd}, 07:00-15:00) in {settings.DaySeconds:0} s: {settings.Visits} visits, faults {settings.Faults}, seed {settings.Seed} (the same seed gives the same day). Everything is invented and stays on this machine."));
        output.WriteLine($"Data and logs: {directory}{(settings.Keep ? "" : " (removed at the end; --keep leaves them)")}");
        var file = Path.Combine(directory, "server-settings.txt");
        File.WriteAllLines(file, configuration.Where(c => !IsSecret(c.Key)).Select(c => $"{c.Key} = {c.Value}"));
        output.WriteLine($"Only the hospital's clock runs faster. The server's does not; it just looks and sends more often than usual, by these settings: {file}");
        if (settings.Fork)
            output.WriteLine($"Khanza is a fork, read by the profile {configuration["Antrean:Sites:default:Profile"]}: columns of its own in the middle of tables, one per task among them (task_id_3 …), kept by its triggers; visit numbers of four digits; keys dropped.");
        if (settings.Faults != "none")
            output.WriteLine(DirtReport.Faults(settings));
        foreach (var line in DirtReport.Shares(settings.Request))
            output.WriteLine(line);
        output.Flush();
    }

    /// <summary>What happened, what BPJS was told, what is held and why, and the verdict.</summary>
    public void Closing(DemoOutcome outcome)
    {
        var (ledgers, problems) = (outcome.Ledgers, outcome.Problems);
        var table = new Table().Border(TableBorder.Ascii2).AddColumn("").AddColumn(new TableColumn("count").RightAligned()).AddColumn("meaning");
        foreach (var (name, count, meaning) in Rows(outcome))
            table.AddRow(Markup.Escape(name), count?.ToString("N0", CultureInfo.InvariantCulture) ?? "", Markup.Escape(meaning));
        _console.Write(table);
        foreach (var kind in ledgers.Findings.GroupBy(f => f.Fault))
        {
            foreach (var finding in kind.Take(FindingsShown))
                output.WriteLine($"  {finding.Fault}: visit {finding.VisitId}, task {finding.Task}: {finding.What}");
            if (kind.Count() > FindingsShown)
                output.WriteLine($"  {kind.Key}: {kind.Count() - FindingsShown} more");
        }

        foreach (var problem in problems)
            output.WriteLine($"NOT GOOD: {problem}");
        if (problems.Count == 0)
            output.WriteLine("GOOD: all that could be told to BPJS was told once, in order, with the moments the hospital recorded; the rest is held with its reason.");
        output.Flush();
    }

    // Two sums, each with its parts beside it: what became of what the server observed, and what BPJS's book should hold and holds.
    private static IEnumerable<(string, int?, string)> Rows(DemoOutcome outcome)
    {
        var (r, ledgers, own, hospital, bpjs, _) = outcome;
        yield return ("At the hospital: visits", r.Visits, string.Join(", ", hospital.Visits.GroupBy(v => v.Kind).OrderBy(g => g.Key).Select(g => $"{Name(g.Key)} {g.Count()}")));
        yield return ("  of them out of the ordinary", hospital.Irregularities.Values.Sum(), "of the sorts that are listed above");
        yield return ("Steps observed by the server", r.Observed, "registrations and tasks 3, 4, 5 = sent + held + failed + cancelled + pending");
        yield return ("  sent", r.Sent, $"BPJS knows them: told by the server {r.Sent - r.AlreadyThere:N0}, by somebody else {r.AlreadyThere:N0}: here the hospital's own screen");
        yield return ("  held", r.Held, $"told only once the reason is mended; {r.Blocked} visits are blocked as a whole");
        foreach (var (reason, count) in own.HeldByReason.OrderByDescending(h => h.Value))
            yield return ("    " + reason, count, Reasons.GetValueOrDefault(reason, ""));
        yield return ("  failed", r.Failed, "refused for good or out of attempts");
        yield return ("  cancelled", r.Cancelled, "the visit was cancelled or deleted, or its moment emptied");
        yield return ("  pending", r.Pending, "still on their way");
        yield return ("Ledger against ledger", null, "what the simulated hospital wrote down beside what the simulated BPJS did; the server is not asked");
        yield return ("  what the server had to tell", r.Sendable, $"as it stood at the end of the day; {r.NeverVisible} more came and went between two looks of the server");
        yield return ("  + told by the hospital's screen", ledgers.ByDesktop, "it registers BPJS patients at the desk");
        yield return ("  + told, and later no longer so", ledgers.Overtaken, "the visit was cancelled, deleted or changed after BPJS was told");
        yield return ("  - lost", r.Lost, "should have been told and was not");
        yield return ("  = held by BPJS", ledgers.Accepted, Against(ledgers.Accepted - r.Sent));
        yield return ("  out of order", r.OutOfOrder, "called before an earlier step was accepted");
        yield return ("  duplicates", r.Duplicates, "called again although BPJS had acknowledged it");
        yield return ("  forgiven", r.Forgiven, "called again because the answer was lost, or the server killed with it in hand");
        yield return ("  invented", r.Invented, "at BPJS, but never the hospital's to tell");
        yield return ("Calls to BPJS by the server", r.Attempts, Calls(bpjs));
        yield return ("Pace", null, string.Create(CultureInfo.InvariantCulture, $"{r.DeliveriesPerSecond} deliveries a second over {r.ElapsedSeconds} s; server memory {r.HostRssMb} MB"));
    }

    private static string Against(int more) => more switch
    {
        0 => "as many as the server says are sent",
        > 0 => $"{more} more than the server knows of: of visits that were deleted before it could see them",
        < 0 => $"{-more} fewer than the server says are sent",
    };

    private static string Calls(BpjsLedger bpjs)
    {
        var calls = bpjs.Counts.BySender.Where(s => s.Key != "desktop").Select(s => s.Value).ToList();
        return string.Create(CultureInfo.InvariantCulture,
            $"accepted {calls.Sum(c => c.Accepted):N0}, already there {calls.Sum(c => c.Duplicates):N0}, refused {calls.Sum(c => c.Refused):N0}, lost to a fault {calls.Sum(c => c.Faults):N0}");
    }

    private static string Name(VisitKind kind) => kind switch
    {
        VisitKind.MobileJkn => "Mobile JKN",
        VisitKind.OnSiteJkn => "BPJS at the desk",
        VisitKind.NonJkn => "others",
    };

    // In a file or a pipe there is no width to fit into.
    private static IAnsiConsole WideEnough(IAnsiConsole console)
    {
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = 132;
        return console;
    }

    private static bool IsSecret(string key) =>
        key.StartsWith("ConnectionStrings", StringComparison.Ordinal) || key.EndsWith("Password", StringComparison.Ordinal)
        || key.EndsWith("Key", StringComparison.Ordinal) || key.EndsWith("ConsId", StringComparison.Ordinal);
}
