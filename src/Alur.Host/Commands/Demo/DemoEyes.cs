using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Alur.Platform.Web;
using Alur.Simulators;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;

namespace Alur.Host.Commands.Demo;

/// <summary>Looks at the three processes over HTTP, as anybody could.</summary>
internal sealed class DemoEyes(Func<string> server, string apiKey, string bpjs, string hospital) : IDisposable
{
    /// <summary>Whoever calls BPJS without saying who: our servers.</summary>
    public const string Bridge = "bridge";

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(1) };

    public Task<DayProgress> Progress(CancellationToken ct) => Get<DayProgress>(hospital + "/_control/progress", ct);

    public Task<LedgerDocument> Hospital(CancellationToken ct) => Get<LedgerDocument>(hospital + "/_control/ledger", ct);

    public Task<BpjsLedger> Bpjs(CancellationToken ct) => Get<BpjsLedger>(bpjs + "/_control/ledger", ct);

    public Task<LedgerCounts> BpjsCounts(CancellationToken ct) => Get<LedgerCounts>(bpjs + "/_control/counts", ct);

    public async Task<OwnCounts> Own(CancellationToken ct)
    {
        using var response = await Ask("/api/antrean/summary", ct);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<Envelope>(WebJson.Results, ct);
        return answer!.Data;
    }

    /// <summary>Whether the server has ever read the visit.</summary>
    public async Task<bool> Knows(string visitId, CancellationToken ct)
    {
        using var response = await Ask("/api/antrean/visits/" + Uri.EscapeDataString(visitId), ct);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return false;
        response.EnsureSuccessStatusCode();
        return true;
    }

    /// <summary>What failed, by kind, as the work list shows it.</summary>
    public async Task<IReadOnlyList<FailedKind>> Failures(CancellationToken ct)
    {
        using var response = await Ask("/api/antrean/failures", ct);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<FailureList>(WebJson.Results, ct))!.Data;
    }

    /// <summary>Lets everything that failed in this way go round again.</summary>
    public async Task Requeue(string fingerprint, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Post, "/api/antrean/queue/requeue");
        request.Content = JsonContent.Create(new { fingerprint });
        using var response = await _http.SendAsync(request, ct);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Tells the BPJS simulator what time it is at the hospital; it decides dates only.</summary>
    public static Task TellTime(HttpClient http, string bpjs, DateTimeOffset hospital, double factor, CancellationToken ct) =>
        Put(http, bpjs + "/_control/clock", new { hospital, factor }, ct);

    public Task TellTime(HospitalClock clock, bool over, CancellationToken ct) => TellTime(_http, bpjs, clock.Now, over ? 1 : clock.Factor, ct);

    public Task TellFaults(BpjsFaults faults, CancellationToken ct) => Put(_http, bpjs + "/_control/faults", faults, ct);

    /// <summary>Servers were killed with these calls in hand, so that they could not keep the answers.</summary>
    public Task TellDeath(IReadOnlyList<UnheardCall> calls, CancellationToken ct) =>
        Put(_http, bpjs + "/_control/caller-died", new { sender = Bridge, calls }, ct);

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> Ask(string path, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, path);
        return await _http.SendAsync(request, ct);
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, server() + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        return request;
    }

    private async Task<T> Get<T>(string url, CancellationToken ct) => (await _http.GetFromJsonAsync<T>(url, LedgerJson.Options, ct))!;

    private static async Task Put<T>(HttpClient http, string url, T body, CancellationToken ct)
    {
        using var response = await http.PutAsJsonAsync(url, body, Web, ct);
        response.EnsureSuccessStatusCode();
    }

    private sealed record Envelope(OwnCounts Data);

    private sealed record FailureList(IReadOnlyList<FailedKind> Data);
}

/// <summary>Failures that mean the same.</summary>
internal sealed record FailedKind(string Fingerprint, int Count, string? Example);
