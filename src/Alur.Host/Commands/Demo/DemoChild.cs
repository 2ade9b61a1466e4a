using System.Diagnostics;
using System.Globalization;
using Alur.Host.Startup;

namespace Alur.Host.Commands.Demo;

/// <summary>
/// One process of the demo: this same program with another verb. It has a session of its own, so that Ctrl-C in the terminal
/// reaches the demo alone, which then ends its children in order; what it prints goes to a log file.
/// </summary>
internal sealed class DemoChild
{
    private readonly Process _process;
    private readonly string _log;
    private bool _killed;

    private DemoChild(string name, Process process, string log) => (Name, _process, _log) = (name, process, log);

    public string Name { get; }

    public int Pid => _process.Id;

    public string Log => _log;

    /// <summary>Starts the verb. The directory is its working directory and, as an option, the mark by which leftovers are known.</summary>
    public static DemoChild Start(string directory, string name, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var log = Path.Combine(directory, name + ".log");
        // exec twice: the process id stays the one we started.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = directory, UseShellExecute = false };
        foreach (var argument in (string[])["-c", "umask 077; exec setsid \"$@\" >\"$ALUR_DEMO_LOG\" 2>&1 </dev/null", "sh", .. Program(), .. arguments, DemoMark.Of(directory)])
            start.ArgumentList.Add(argument);
        Environment(start, settings);
        start.Environment["ALUR_DEMO_LOG"] = log;
        return new(name, Process.Start(start)!, log);
    }

    /// <summary>Waits for a line that starts with the text and returns the rest of it.</summary>
    /// <exception cref="Refusal">The process ended first, or took too long; with its last lines.</exception>
    public async Task<string> Says(string prefix, TimeSpan patience, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var line = Lines().FirstOrDefault(l => l.StartsWith(prefix, StringComparison.Ordinal));
            if (line is not null)
                return line[prefix.Length..].Trim();
            ThrowIfEnded();
            if (waited.Elapsed > patience)
                throw Failure($"was not ready after {patience.TotalSeconds:0} s");
            await Task.Delay(50, ct);
        }
    }

    /// <summary>The first word that it printed with this in it; null: none.</summary>
    public string? PrintedWord(string part) => Lines().SelectMany(l => l.Split(' ')).FirstOrDefault(w => w.Contains(part, StringComparison.Ordinal));

    /// <summary>It does not run any more.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Nothing while it runs, or when we killed it.</summary>
    /// <exception cref="Refusal">The process has ended by itself; with its last lines.</exception>
    public void ThrowIfEnded()
    {
        if (_process.HasExited && !_killed)
            throw Failure($"ended unexpectedly with code {_process.ExitCode}");
    }

    /// <summary>Resident memory in megabytes, 0 when it has gone.</summary>
    public double RssMb()
    {
        _process.Refresh();
        return _process.HasExited ? 0 : Math.Round(_process.WorkingSet64 / 1048576.0, 1);
    }

    /// <summary>kill -9, and waits until it has gone.</summary>
    public async Task Kill()
    {
        _killed = true;
        if (!_process.HasExited)
            Signal(Pid, "KILL");
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, and makes it when it does not.</summary>
    public Task Stop() => Stop(Pid);

    /// <summary>The same for a process that an earlier demo started.</summary>
    public static async Task Stop(int pid)
    {
        Signal(pid, "TERM");
        var waited = Stopwatch.StartNew();
        while (IsAlive(pid) && waited.Elapsed < TimeSpan.FromSeconds(15))
            await Task.Delay(50);
        if (IsAlive(pid))
            Signal(pid, "KILL");
    }

    /// <summary>Whether the process runs and is one of the demo in this directory.</summary>
    public static bool IsOurs(int pid, string directory)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0').Contains(DemoMark.Of(directory), StringComparer.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Refusal Failure(string what) => new(CommandLine.Failed, "DEMO_BROKE_OFF",
        [$"'{Name}' {what}.", .. LastLines()]);

    /// <summary>What it printed last, for a person.</summary>
    public IEnumerable<string> LastLines() => [$"Last lines of '{Name}' ({_log}):", .. Lines().TakeLast(12).Select(l => "  " + l)];

    private string[] Lines()
    {
        try
        {
            return File.ReadAllLines(_log);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }

    // Started as `dotnet Alur.Host.dll` or as a program of its own.
    private static string[] Program() => Path.GetFileNameWithoutExtension(System.Environment.ProcessPath) == "dotnet"
        ? [System.Environment.ProcessPath!, typeof(DemoChild).Assembly.Location]
        : [System.Environment.ProcessPath!];

    // Nothing of the caller's own configuration may reach a child: it could name a real hospital.
    private static void Environment(ProcessStartInfo start, IReadOnlyDictionary<string, string> settings)
    {
        string[] ours = ["ALUR_", "Antrean__", "ConnectionStrings__", "Delivery__", "Resilience__", "Postgres__", "Demo__"];
        foreach (var key in start.Environment.Keys.Where(k => ours.Any(o => k.StartsWith(o, StringComparison.OrdinalIgnoreCase))).ToList())
            start.Environment.Remove(key);
        foreach (var (key, value) in settings)
            start.Environment["ALUR_" + key.Replace(":", "__", StringComparison.Ordinal)] = value;
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            // The state follows the name in brackets; a zombie has ended.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>As <c>kill -SIGNAL</c>; nothing when the process has gone.</summary>
    public static void Signal(int pid, string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {pid} 2>/dev/null")]);
        kill.WaitForExit();
    }
}
