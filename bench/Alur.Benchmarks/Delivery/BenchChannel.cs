using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;

namespace Alur.Benchmarks.Delivery;

/// <summary>One HTTP POST per job and the rows that a BPJS task leaves behind: the same effects, tables and client settings as the product's.</summary>
internal sealed class BenchChannel(HttpClient http) : IDeliveryChannel
{
    public const string Name = "bpjs:bench";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    public string Kind => "bpjs";

    public string SettleEffects => SettleTasks.SettleEffects;

    public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
    {
        var started = DateTimeOffset.UtcNow;
        var body = Body(job.Payload);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = Json } };
        using var answer = await http.PostAsync("antrean/updatewaktu", content, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        var exchange = new Exchange(started, DateTimeOffset.UtcNow - started, (int)answer.StatusCode, "200", "Ok", body, text);
        return answer.IsSuccessStatusCode
            ? new DeliveryReport(new Delivered(), exchange)
            : new DeliveryReport(new RetryLater($"HTTP {(int)answer.StatusCode}", IsOutage: true), exchange);
    }

    public static HttpClient Client(Uri url, int concurrency) =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = concurrency, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null })
        {
            BaseAddress = url,
            Timeout = TimeSpan.FromSeconds(15),
        };

    private static string Body(string payload)
    {
        using var document = JsonDocument.Parse(payload);
        return document.RootElement.GetProperty("body").GetRawText();
    }
}
