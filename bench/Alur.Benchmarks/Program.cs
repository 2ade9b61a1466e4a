using System.CommandLine;
using Alur.Benchmarks.Delivery;
using Spectre.Console;

var json = new Option<bool>("--json") { Description = "Print one JSON object on the last line" };
var quick = new Option<bool>("--quick") { Description = "A small run that only shows that everything works" };

var delivery = new Command("delivery", "The delivery engine against a bare loop without a queue") { json, quick };
delivery.SetAction(async (parsed, ct) =>
{
    var size = parsed.GetValue(quick) ? BenchSize.Quick : BenchSize.Full;
    var figures = await DeliveryBench.Run(Environment.GetEnvironmentVariable("ALUR_ROOT") ?? Directory.GetCurrentDirectory(), size, Console.Error, ct);
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

var target = new Command("target", "The destination; started by the benchmark itself") { Hidden = true };
target.SetAction((_, ct) => Target.Run(ct));

var parsed = new RootCommand("Alur's benchmarks") { delivery, target }.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    return 2;
}

return await parsed.InvokeAsync();
