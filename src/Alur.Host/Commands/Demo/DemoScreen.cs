using System.Globalization;
using Spectre.Console;

namespace Alur.Host.Commands.Demo;

/// <summary>Live progress on stderr: one moving line on a terminal, a plain line every few seconds elsewhere.</summary>
internal sealed class DemoScreen
{
    private static readonly TimeSpan PlainEvery = TimeSpan.FromSeconds(5);

    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private DateTimeOffset _lastLine = DateTimeOffset.MinValue;

    private bool IsTerminal => !Console.IsErrorRedirected && _console.Profile.Capabilities.Ansi;

    /// <summary>Runs the work while showing what it reports.</summary>
    public async Task<T> While<T>(Func<Action<DemoMoment>, Task<T>> work)
    {
        if (!IsTerminal)
            return await work(Plain);
        return await _console.Status().Spinner(Spinner.Known.Dots).StartAsync("The hospital opens …",
            status => work(moment => status.Status = Markup.Escape(Line(moment))));
    }

    private void Plain(DemoMoment moment)
    {
        if (DateTimeOffset.UtcNow - _lastLine < PlainEvery)
            return;
        _lastLine = DateTimeOffset.UtcNow;
        Console.Error.WriteLine(Line(moment));
    }

    private static string Line(DemoMoment m) => string.Create(CultureInfo.InvariantCulture,
        $"{(m.DayOver ? "day over" : $"{m.Hospital.Hospital:HH:mm} h")} | visits {m.Hospital.Visits}/{m.Hospital.PlannedVisits} | observed {m.Own.Observed} = sent {m.Own.Sent} + held {m.Own.Held} + failed {m.Own.Failed} + cancelled {m.Own.Cancelled} + pending {m.Own.Pending} | BPJS calls {m.Calls}");
}
