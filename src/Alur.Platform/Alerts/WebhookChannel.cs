using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Alur.Platform.Delivery;

namespace Alur.Platform.Alerts;

/// <summary>Posts an alert as JSON. 2xx is accepted; 408, 425, 429 and 5xx are tried again; any other answer is a refusal. The status is the answer: what follows it is not read.</summary>
internal sealed class WebhookChannel(AlertsOptions options) : IDeliveryChannel, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseDrainSize = 64 * 1024, // what is longer costs the connection, not the alert
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public string Kind => "webhook";

    public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
    {
        if (options.Webhook.Url is not { } url) return NotConfiguredHere.Because("Alerts:Webhook:Url is not set");
        var body = Body(Alert.FromPayload(job.Payload));
        var startedAt = DateTimeOffset.UtcNow;
        var watch = Stopwatch.StartNew();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return new(Outcome(answer), Exchange((int)answer.StatusCode, answer.ReasonPhrase));
        }
        catch (Exception ex) when (!ct.IsCancellationRequested && ex is HttpRequestException or SocketException or TaskCanceledException)
        {
            // The address may carry a secret, and so may the exception's own words. A connection that is gone as soon as it is made is a SocketException.
            var what = ex is TaskCanceledException ? "The webhook did not answer within 10 s." : $"The webhook cannot be reached ({(ex as HttpRequestException)?.HttpRequestError ?? HttpRequestError.ConnectionError}).";
            return new(new RetryLater(what, IsOutage: true), Exchange(null, what));
        }

        Exchange Exchange(int? code, string? message) => new(startedAt, watch.Elapsed, code, Code: null, message, body, Response: null);
    }

    public void Dispose() => _http.Dispose();

    private static string Body(Alert alert) => JsonSerializer.Serialize(new
    {
        text = alert.Subject(Environment.MachineName),
        @event = alert.IsOver ? "cleared" : "raised",
        name = alert.Name,
        raised_at = alert.RaisedAt,
        cleared_at = alert.ClearedAt,
        server = Environment.MachineName,
    });

    private static DeliveryOutcome Outcome(HttpResponseMessage answer) => answer.StatusCode switch
    {
        >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => new Delivered(),
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425 or >= HttpStatusCode.InternalServerError =>
            new RetryLater($"The webhook answered HTTP {(int)answer.StatusCode}.", IsOutage: true, answer.Headers.RetryAfter?.Delta),
        _ => new Rejected($"The webhook refused with HTTP {(int)answer.StatusCode}."),
    };
}
