using System.Diagnostics;
using System.Globalization;

namespace Alur.Benchmarks;

/// <summary>
/// A process that takes part in a benchmark: a hidden verb of this program, or another's. It says its address on its first line, takes lines on its standard input and
/// ends when that does, so also with us, however we end.
/// </summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private ChildProgram(Process process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }

    public int ProcessId => _process.Id;

    /// <summary>Memory that the process has in use, in bytes.</summary>
    public long ResidentBytes => 1024 * long.Parse(
        File.ReadLines($"/proc/{ProcessId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);

    /// <summary>A verb of this very program.</summary>
    public static Task<ChildProgram> Verb(CancellationToken ct, params string[] arguments) => Start(Environment.ProcessPath!, [Environment.GetCommandLineArgs()[0], .. arguments], ct);

    /// <summary>Any program, once it has said where it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended without doing so.</exception>
    public static async Task<ChildProgram> Start(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var url = await process.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} did not start.");
        return new ChildProgram(process, new Uri(url));
    }

    /// <summary>Says a line to it.</summary>
    public async Task Tell(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Says a line, and gives what it answers.</summary>
    public async Task<string> Ask(string line, CancellationToken ct)
    {
        await Tell(line);
        return await _process.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException($"The process ended when it was asked for '{line}'.");
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            if (_process.HasExited) return;
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
    }
}
