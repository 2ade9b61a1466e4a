using System.Diagnostics;
using System.Net.Http.Json;

namespace Alur.Benchmarks.Delivery;

/// <summary>The running destination: another process of this program, ended with it.</summary>
internal sealed class TargetProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _control = new();

    private TargetProcess(Process process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }

    public int ProcessId => _process.Id;

    public static async Task<TargetProcess> Start(CancellationToken ct)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Environment.GetCommandLineArgs()[0], "target"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var url = await process.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException("The destination did not start.");
        return new TargetProcess(process, new Uri(url));
    }

    /// <summary>What it saw since the last call of this method.</summary>
    public async Task<TargetCounts> TakeCounts(CancellationToken ct) =>
        (await _control.GetFromJsonAsync<TargetCounts>(Url, ct))!;

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
