using System.CommandLine;
using Alur.Benchmarks;
using Alur.Benchmarks.Chaos;
using Alur.Benchmarks.Delivery;
using Alur.Benchmarks.Fanout;
using Alur.Benchmarks.Fuzz;
using Alur.Benchmarks.Journal;
using Alur.Benchmarks.Latency;
using Alur.Benchmarks.MariaDb;
using Alur.Benchmarks.Poll;
using Alur.Benchmarks.Resilience;
using Alur.Host;
using Spectre.Console;

var json = new Option<bool>("--json") { Description = "Print one JSON object on the last line" };
var quick = new Option<bool>("--quick") { Description = "A small run that only shows that everything works" };
var minutes = new Option<double>("--minutes") { Description = "How long; a day that has begun by then is played to its end", DefaultValueFactory = _ => 10 };
var visits = new Option<int>("--visits") { Description = "Visits of a day", DefaultValueFactory = _ => 400 };
var seed = new Option<int>("--seed") { Description = "Repeats a run: plans days, blows and cases; another one every time unless given", DefaultValueFactory = _ => Random.Shared.Next(1, 1_000_000) };
var keep = new Option<bool>("--keep") { Description = "Stop at a day that does not agree, and leave everything running to look around in" };

var delivery = Verb("delivery", "The delivery engine against a bare loop without a queue", async (root, parsed, ct) =>
    await DeliveryBench.Run(root, parsed.GetValue(quick) ? BenchSize.Quick : BenchSize.Full, Console.Error, ct));
var mariadb = Verb("mariadb", "Reading visits from MariaDB, beside MariaDB's own client", async (root, parsed, ct) =>
    await MariaDbBench.Run(root, parsed.GetValue(quick) ? MariaDbBenchSize.Quick : MariaDbBenchSize.Full, Console.Error, ct));
var poll = Verb("poll", "A poll of Khanza with two million older visits, beside one without them", async (root, parsed, ct) =>
    await PollBench.Run(root, parsed.GetValue(quick) ? PollBenchSize.Quick : PollBenchSize.Full, Console.Error, ct));
var chaos = Verb("chaos", "The demo's heavy day over and over while servers are killed and databases break; fails when the ledgers do not agree", async (_, parsed, ct) =>
    await new ChaosBench(parsed.GetValue(quick)
        ? ChaosSize.Quick(parsed.GetValue(seed))
        : new ChaosSize(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(visits), parsed.GetValue(seed), ChaosSize.Day, parsed.GetValue(keep)), Console.Error).Run(ct),
    minutes, visits, seed, keep);
var cases = new Option<int?>("--cases") { Description = "Cases of each target (100,000 unless given)" };
var only = new Option<string?>("--only") { Description = "Targets whose names begin so, such as bpjs", HelpName = "NAME" };
cases.Validators.Add(given => { if (given.GetValueOrDefault<int?>() is <= 0) given.AddError("--cases must be 1 or more"); });
var fuzz = Verb("fuzz", "Everything that parses, given whatever can come; a case that breaks a claim is made small and printed, and fails the run", async (_, parsed, ct) =>
    await FuzzBench.Run(
        parsed.GetValue(cases) ?? (parsed.GetValue(quick) ? FuzzBench.QuickCases : FuzzBench.FullCases), parsed.GetValue(seed), parsed.GetValue(only), Console.Error, ct),
    cases, seed, only);

var latency = Verb("latency", "From a commit in Khanza until BPJS has accepted, polling every second, beside a bare loop", async (_, parsed, ct) =>
    await LatencyBench.Run(parsed.GetValue(quick) ? LatencySize.Quick : LatencySize.Full, Console.Error, ct));

var entries = new Option<int>("--entries") { Description = "Entries that the timeline is asked of", DefaultValueFactory = _ => 10_000_000 };
entries.Validators.Add(given => { if (given.GetValueOrDefault<int>() < 1_000) given.AddError("--entries must be 1,000 or more"); });
var journal = Verb("journal", "What the journal costs a transaction, and what reading it costs", async (root, parsed, ct) =>
    await JournalBench.Run(root, parsed.GetValue(quick) ? JournalSize.Quick : JournalSize.Full(parsed.GetValue(entries)), Console.Error, ct), entries);

var resilience = Verb("resilience", "What a circuit breaker costs a call that goes well", async (root, parsed, ct) =>
    await ResilienceBench.Run(root, parsed.GetValue(quick) ? ResilienceSize.Quick : ResilienceSize.Full, Console.Error, ct));

var fanout = Verb("fanout", "From a commit until the last of thousands of sockets has it, beside a bare loop and the Node package ws; then chaos", async (root, parsed, ct) =>
    await FanoutBench.Run(root, parsed.GetValue(quick) ? FanoutSize.Quick : FanoutSize.Full, Console.Error, ct));

var database = new Argument<string>("database");
var fanoutServer = new Command("fanout-server", "A node; started by the benchmark itself") { database };
fanoutServer.Hidden = true;
fanoutServer.SetAction((asked, ct) => FanoutServer.Run(asked.GetRequiredValue(database), ct));
var fanoutFloor = new Command("fanout-floor", "The bare loop; started by the benchmark itself") { Hidden = true };
fanoutFloor.SetAction((_, ct) => FloorServer.Run(ct));
var target = new Command("target", "The destination; started by the benchmark itself") { Hidden = true };
target.SetAction((_, ct) => Target.Run(ct));

var parsed = new RootCommand("Alur's benchmarks") { delivery, mariadb, poll, chaos, latency, resilience, fuzz, journal, fanout, target, fanoutServer, fanoutFloor }.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var mistake in Subcommands.OtherMistakes(parsed))
    {
        Console.Error.WriteLine($"alur: {mistake}");
    }

    if (Subcommands.AreNeededBy(parsed.CommandResult.Command))
    {
        Subcommands.Tell(parsed.CommandResult.Command, "./alur bench", Console.Error);
    }

    return 2;
}

// What was started is ended in order, also after Ctrl-C.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(45) });

Command Verb(string name, string description, Func<string, ParseResult, CancellationToken, Task<IFigures>> run, params Option[] more)
{
    var verb = new Command(name, description) { json, quick };
    foreach (var option in more)
    {
        verb.Options.Add(option);
    }

    verb.SetAction(async (parsed, ct) =>
    {
        var figures = await run(Environment.GetEnvironmentVariable("ALUR_ROOT") ?? Directory.GetCurrentDirectory(), parsed, ct);
        if (parsed.GetValue(json))
        {
            Console.WriteLine(figures.ToJson());
        }
        else
        {
            figures.Print(AnsiConsole.Console);
        }

        return figures.Reached ? 0 : 1;
    });
    return verb;
}
