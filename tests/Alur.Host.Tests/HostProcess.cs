using System.Diagnostics;
using System.Text;
using Alur.Testing;

namespace Alur.Host.Tests;

/// <summary>The real program in a process of its own, with an environment that carries no configuration.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private HostProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static HostProcess Start(params string[] arguments) => Start(arguments, new Dictionary<string, string>(StringComparer.Ordinal));

    public static HostProcess Start(IEnumerable<string> arguments, Dictionary<string, string> environment, string directory = "/")
    {
        var program = Path.Combine(Checkout.Root, "artifacts", "bin", "Alur.Host", new DirectoryInfo(AppContext.BaseDirectory).Name, "Alur.Host.dll");
        return StartProgram("dotnet", [program, .. arguments], environment, directory);
    }

    public static HostProcess StartProgram(string file, IEnumerable<string> arguments, Dictionary<string, string> environment, string directory)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("ALUR_", StringComparison.Ordinal) || k.StartsWith("ConnectionStrings__", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new HostProcess(start);
    }

    /// <summary>Runs to the end; the exit code is checked by the caller.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> Run(params string[] arguments)
    {
        await using var host = Start(arguments);
        return (await host.Ended(), host.Output, host.Errors);
    }

    /// <summary>The rest of the first line of stdout that starts so; fails when it does not come in time.</summary>
    public async Task<string> Line(string start)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (true)
        {
            var ended = _process.HasExited;
            if (Array.Find(Lines, l => l.StartsWith(start, StringComparison.Ordinal)) is { } line)
            {
                return line[start.Length..].Trim();
            }

            Assert.False(ended || DateTimeOffset.UtcNow > deadline, $"No line '{start}'. Output: {Output} Errors: {Errors}");
            await Task.Delay(50);
        }
    }

    public async Task<int> Ended()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>As <c>kill -SIGNAL</c>.</summary>
    public void Signal(string signal) => Signals.Send(_process, signal);

    public async Task<int> Terminate()
    {
        Signal("TERM");
        return await Ended();
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await Ended();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await Kill();
        }

        _process.Dispose();
    }

    private static void Keep(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.Append(line).Append(line is null ? "" : "\n");
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
