using System.CommandLine;
using Alur.Benchmarks;
using Alur.Benchmarks.Delivery;
using Alur.Benchmarks.MariaDb;
using Alur.Benchmarks.Poll;
using Spectre.Console;

var json = new Option<bool>("--json") { Description = "Print one JSON object on the last line" };
var quick = new Option<bool>("--quick") { Description = "A small run that only shows that everything works" };

var delivery = Verb("delivery", "The delivery engine against a bare loop without a queue", async (root, small, ct) =>
    await DeliveryBench.Run(root, small ? BenchSize.Quick : BenchSize.Full, Console.Error, ct));
var mariadb = Verb("mariadb", "Reading visits from MariaDB, beside MariaDB's own client", async (root, small, ct) =>
    await MariaDbBench.Run(root, small ? MariaDbBenchSize.Quick : MariaDbBenchSize.Full, Console.Error, ct));
var poll = Verb("poll", "A poll of Khanza with two million older visits, beside one without them", async (root, small, ct) =>
    await PollBench.Run(root, small ? PollBenchSize.Quick : PollBenchSize.Full, Console.Error, ct));

var target = new Command("target", "The destination; started by the benchmark itself") { Hidden = true };
target.SetAction((_, ct) => Target.Run(ct));

var parsed = new RootCommand("Alur's benchmarks") { delivery, mariadb, poll, target }.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    return 2;
}

return await parsed.InvokeAsync();

Command Verb(string name, string description, Func<string, bool, CancellationToken, Task<IFigures>> run)
{
    var verb = new Command(name, description) { json, quick };
    verb.SetAction(async (parsed, ct) =>
    {
        var figures = await run(Environment.GetEnvironmentVariable("ALUR_ROOT") ?? Directory.GetCurrentDirectory(), parsed.GetValue(quick), ct);
        if (parsed.GetValue(json))
        {
            Console.WriteLine(figures.ToJson());
        }
        else
        {
            figures.Print(AnsiConsole.Console);
        }

        return 0;
    });
    return verb;
}
