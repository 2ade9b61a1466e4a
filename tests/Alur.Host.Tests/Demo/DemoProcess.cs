using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Alur.Testing;

namespace Alur.Host.Tests.Demo;

/// <summary>One run of <c>alur demo</c> as a process, in a directory of its own.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _errors = new();

    private DemoProcess(string root, Process process) => (Root, _process) = (root, process);

    /// <summary>Stands for the checkout; its <c>data/demo</c> is the demo's place.</summary>
    public string Root { get; }

    public string Place => Path.Combine(Root, "data", "demo");

    public string Output
    {
        get
        {
            lock (_out)
                return $"{_out}{_errors}";
        }
    }

    /// <summary>A new place that the database servers' user can reach.</summary>
    public static string NewRoot()
    {
        var root = Directory.CreateTempSubdirectory("alur-demo-").FullName;
        File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
        return root;
    }

    public static DemoProcess Start(string root, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Alur.Host.dll"), "demo", .. options.Contains("--day-seconds") ? Array.Empty<string>() : ["--day-seconds", "6"], .. options])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = root,
        };
        start.Environment["ALUR_ROOT"] = root;
        var demo = new DemoProcess(root, Process.Start(start)!);
        demo._process.OutputDataReceived += (_, line) => demo.Keep(demo._out, line.Data);
        demo._process.ErrorDataReceived += (_, line) => demo.Keep(demo._errors, line.Data);
        demo._process.BeginOutputReadLine();
        demo._process.BeginErrorReadLine();
        return demo;
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> Ended()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>The last line of stdout as JSON.</summary>
    public JsonElement Json()
    {
        lock (_out)
            return JsonDocument.Parse(_out.ToString().TrimEnd().Split('\n')[^1]).RootElement;
    }

    /// <summary>Waits until the condition holds.</summary>
    public async Task Until(Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.False(_process.HasExited || waited.Elapsed > Patience, Output);
            await Task.Delay(50);
        }
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Signals.Send(_process, "INT");

    /// <summary>Runs the line that <c>--keep</c> prints for the end; whether all is gone soon after.</summary>
    public async Task<bool> EndsWhatIsLeft()
    {
        using (var shell = Process.Start("/bin/sh", ["-c", Output.Split('\n').Single(l => l.StartsWith("  end now  ", StringComparison.Ordinal))["  end now  ".Length..]]))
            await shell.WaitForExitAsync();
        var waited = Stopwatch.StartNew();
        while (Processes().Count > 0 && waited.Elapsed < TimeSpan.FromSeconds(60))
            await Task.Delay(50);
        return Processes().Count == 0;
    }

    /// <summary>Processes of any demo in this place: its children by their mark, the servers by their data directory.</summary>
    public IReadOnlyList<string> Processes() => [.. Ours().Select(p => p.Line)];

    private IEnumerable<(int Id, string Line)> Ours() =>
        from path in Directory.EnumerateDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var number) ? number : 0
        where id > 0
        let line = CommandLineOf(path)
        where line.Contains(Place, StringComparison.Ordinal)
        select (id, line);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Interrupt();
            await Ended();
        }

        _process.Dispose();
        foreach (var (id, _) in Ours().ToList()) // of a kept demo whose test failed
            Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -KILL {id} 2>/dev/null")]).WaitForExit();
        Directory.Delete(Root, recursive: true);
    }

    private static string CommandLineOf(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(path, "cmdline")).Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private void Keep(StringBuilder text, string? line)
    {
        lock (_out)
            text.Append(line).Append(line is null ? "" : "\n");
    }
}
