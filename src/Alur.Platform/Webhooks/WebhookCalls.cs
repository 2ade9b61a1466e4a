using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Alur.Platform.Webhooks;

/// <summary>What came back of one call.</summary>
/// <param name="Status">HTTP status; null: no answer.</param>
/// <param name="Trouble">Why there was none, in our words.</param>
/// <param name="Duration">Until the answer was read or the call was given up.</param>
internal sealed record WebhookAnswer(int? Status, string? Trouble, TimeSpan Duration)
{
    /// <summary>The beginning of what the receiver said.</summary>
    public string Body { get; init; } = "";

    /// <summary>How long the receiver asks us to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Nothing of the message got out of the house.</summary>
    public bool NothingSent { get; init; }

    /// <summary>The receiver's address may not be called.</summary>
    public bool IsRefused { get; init; }
}

/// <summary>
/// Posts messages to receivers. No redirect is followed, because it leads where nobody looked; no proxy, cookie or trace of ours goes along, nothing is unpacked, and of an answer
/// no more is read than fits. Neither the address nor a secret is in any text that it gives.
/// </summary>
internal sealed class WebhookCalls : IDisposable
{
    private const int ReadAtMost = 64 * 1024;
    private readonly HttpClient _http;

    public WebhookCalls(ReceiverRules rules) => _http = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = rules.Connect,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PreAuthenticate = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.Zero, // every call is looked at anew, and none meets a connection that the receiver is just closing
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>From the first look at the name to the last byte that is read.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Makes the call.</summary>
    /// <param name="url">Whose shape was looked at when it was entered.</param>
    /// <param name="headers">Ours.</param>
    /// <param name="body">JSON in UTF-8.</param>
    /// <param name="ct">The engine gives up.</param>
    public async Task<WebhookAnswer> Post(Uri url, IReadOnlyList<(string Name, string Value)> headers, byte[] body, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        using var within = CancellationTokenSource.CreateLinkedTokenSource(ct);
        within.CancelAfter(Within);
        try
        {
            using var request = Request(url, headers, body);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, within.Token);
            var said = await Beginning(answer, within.Token);
            return new WebhookAnswer((int)answer.StatusCode, Trouble: null, watch.Elapsed) { Body = said, RetryAfter = Wait(answer.Headers.RetryAfter) };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new WebhookAnswer(Status: null, $"The receiver did not answer within {Within.TotalSeconds:0.#} s.", watch.Elapsed);
        }
        catch (SocketException) when (!ct.IsCancellationRequested)
        {
            // The framework lets it through where a connection is gone as soon as it is made.
            return new WebhookAnswer(Status: null, Words(HttpRequestError.ConnectionError), watch.Elapsed) { NothingSent = true };
        }
        catch (HttpRequestException e) when (!ct.IsCancellationRequested)
        {
            return e.InnerException is AddressRefusedException refused
                ? new WebhookAnswer(Status: null, refused.Message, watch.Elapsed) { NothingSent = true, IsRefused = true }
                : new WebhookAnswer(Status: null, Words(e.HttpRequestError), watch.Elapsed)
                {
                    NothingSent = e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError,
                };
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(Uri url, IReadOnlyList<(string Name, string Value)> headers, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.ConnectionClose = true;
        request.Headers.TryAddWithoutValidation("user-agent", "Alur");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    // The status is the answer: whoever never ends the body, or ends it in the middle, has answered all the same.
    private static async Task<string> Beginning(HttpResponseMessage answer, CancellationToken ct)
    {
        var (bytes, length) = (new byte[ReadAtMost], 0);
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(ct);
            for (int read; length < bytes.Length && (read = await stream.ReadAsync(bytes.AsMemory(length), ct)) > 0;) length += read;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // What was read until then is what there is.
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static TimeSpan? Wait(RetryConditionHeaderValue? asked) => asked?.Delta ?? (asked?.Date is { } until && until > DateTimeOffset.UtcNow ? until - DateTimeOffset.UtcNow : null);

    private static string Words(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "The receiver's name is not known.",
        HttpRequestError.ConnectionError => "The receiver cannot be reached.",
        HttpRequestError.SecureConnectionError => "No secure connection to the receiver: its certificate is not one that this server trusts, or it speaks no TLS.",
        _ => $"The receiver broke the call off ({error}).",
    };
}
