using System.Net.Http.Json;

namespace Alur.Benchmarks.Delivery;

/// <summary>The running destination.</summary>
internal sealed class TargetProcess(ChildProgram program) : IAsyncDisposable
{
    private readonly HttpClient _control = new();

    public Uri Url => program.Url;

    public int ProcessId => program.ProcessId;

    public static async Task<TargetProcess> Start(CancellationToken ct) => new(await ChildProgram.Verb(ct, "target"));

    /// <summary>What it saw since the last call of this method.</summary>
    public async Task<TargetCounts> TakeCounts(CancellationToken ct) =>
        (await _control.GetFromJsonAsync<TargetCounts>(Url, ct))!;

    public ValueTask DisposeAsync()
    {
        _control.Dispose();
        return program.DisposeAsync();
    }
}
