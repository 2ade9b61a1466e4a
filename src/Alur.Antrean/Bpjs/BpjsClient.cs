using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Alur.Antrean.Sites;
using Alur.Platform.Texts;

namespace Alur.Antrean.Bpjs;

/// <summary>
/// One hospital's connection to BPJS Antrean RS: signs, sends, decrypts. It makes exactly one call per method (retries belong to the
/// delivery engine), never follows a redirect and never accepts a certificate that does not verify. Outages are replies, not exceptions.
/// </summary>
internal sealed class BpjsClient : IDisposable
{
    /// <summary>A day's bookings of a large hospital are about 1 MB.</summary>
    private const int LargestAnswer = 16 * 1024 * 1024;

    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(3);

    private readonly BpjsOptions _options;
    private readonly HttpClient _http;
    private readonly Uri _base;
    private readonly TimeSpan _timeout;

    /// <summary>Opens nothing yet; connections are made when needed.</summary>
    /// <param name="options">Complete options (<see cref="BpjsOptions.Missing"/> is empty).</param>
    public BpjsClient(BpjsOptions options)
    {
        _options = options;
        _base = new Uri(options.BaseUrl!.TrimEnd('/') + "/");
        _timeout = TimeSpan.FromSeconds(options.TimeoutSeconds);
        _http = new HttpClient(NewHandler(options), disposeHandler: true)
        {
            // The time-out of each call is a token of its own, which covers reading the body too.
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>How long sending rests after a refusal of credentials, clock or address.</summary>
    public TimeSpan RefusedPause => TimeSpan.FromSeconds(_options.RefusedPauseSeconds);

    /// <summary>How long a task just accepted may be missing in the list of tasks.</summary>
    public TimeSpan ListLag => TimeSpan.FromSeconds(_options.ListLagSeconds);

    /// <summary>Registers a booking (<c>antrean/add</c>).</summary>
    public Task<BpjsReply> Add(string body, CancellationToken ct) => Post("antrean/add", body, ct);

    /// <summary>Tells the moment of a task (<c>antrean/updatewaktu</c>).</summary>
    public Task<BpjsReply> UpdateWaktu(string kodebooking, int taskid, DateTimeOffset waktu, CancellationToken ct) =>
        Post("antrean/updatewaktu", JsonSerializer.Serialize(new { kodebooking, taskid, waktu = waktu.ToUnixTimeMilliseconds() }), ct);

    /// <summary>Cancels a booking (<c>antrean/batal</c>).</summary>
    public Task<BpjsReply> Batal(string kodebooking, string keterangan, CancellationToken ct) =>
        Post("antrean/batal", JsonSerializer.Serialize(new { kodebooking, keterangan }), ct);

    /// <summary>The tasks that BPJS holds of a booking (<c>antrean/getlisttask</c>, read by <see cref="BpjsLists.Tasks"/>). A task just accepted may be missing for a while.</summary>
    public Task<BpjsReply> GetListTask(string kodebooking, CancellationToken ct) =>
        Post("antrean/getlisttask", JsonSerializer.Serialize(new { kodebooking }), ct);

    /// <summary>The bookings that BPJS holds for a day (read by <see cref="BpjsLists.Bookings"/>).</summary>
    public Task<BpjsReply> PendaftaranTanggal(DateOnly date, CancellationToken ct) =>
        Get(string.Create(CultureInfo.InvariantCulture, $"antrean/pendaftaran/tanggal/{date:yyyy-MM-dd}"), ct);

    /// <summary>Any list, such as <c>ref/poli</c>; the caller percent-encodes what it puts into the path.</summary>
    public Task<BpjsReply> Get(string path, CancellationToken ct) => Send(new HttpRequestMessage(HttpMethod.Get, new Uri(_base, path)), ct);

    /// <summary>Any command, its body sent exactly as given.</summary>
    public Task<BpjsReply> Post(string path, string body, CancellationToken ct)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", _options.ContentType);
        return Send(new HttpRequestMessage(HttpMethod.Post, new Uri(_base, path)) { Content = content }, ct);
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler NewHandler(BpjsOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = s_connectTimeout,
        AutomaticDecompression = DecompressionMethods.All,
        MaxConnectionsPerServer = Math.Max(2, options.MaxConcurrent * 2),
        // Notices a changed DNS entry after at most this long.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private async Task<BpjsReply> Send(HttpRequestMessage request, CancellationToken ct)
    {
        using var _ = request;
        var startedAt = DateTimeOffset.UtcNow;
        var timestamp = BpjsSecurity.Timestamp(startedAt);
        AddHeaders(request.Headers, timestamp);
        var started = TimeProvider.System.GetTimestamp();
        var reply = await Exchange(request, timestamp, ct);
        return reply with { StartedAt = startedAt, Duration = TimeProvider.System.GetElapsedTime(started) };
    }

    private void AddHeaders(HttpRequestHeaders headers, string timestamp)
    {
        headers.TryAddWithoutValidation("X-cons-id", _options.ConsId);
        headers.TryAddWithoutValidation("X-timestamp", timestamp);
        headers.TryAddWithoutValidation("X-signature", BpjsSecurity.Sign(_options.ConsId!, _options.SecretKey!, timestamp));
        headers.TryAddWithoutValidation("user_key", _options.UserKey);
    }

    private async Task<BpjsReply> Exchange(HttpRequestMessage request, string timestamp, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(_timeout);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, deadline.Token);
            var body = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(deadline.Token));
            return ReadReply.From(
                (int)response.StatusCode,
                body,
                text => BpjsSecurity.Decrypt(text, _options.ConsId!, _options.SecretKey!, timestamp),
                Wait(response.Headers.RetryAfter)) with { ServerTime = response.Headers.Date };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return BpjsReply.NoAnswer($"no answer within {_options.TimeoutSeconds} s");
        }
        catch (SocketException)
        {
            // The framework lets it through where a connection is gone as soon as it is made.
            return BpjsReply.NoAnswer("no connection") with { NeverArrived = true };
        }
        catch (HttpRequestException e)
        {
            return BpjsReply.NoAnswer(Describe(e)) with
            {
                NeverArrived = e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError,
            };
        }
    }

    private static string Describe(HttpRequestException e) => e switch
    {
        { InnerException: AuthenticationException tls } => $"the TLS certificate was not accepted: {OutsideText.Clean(tls.Message)}",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => $"an answer of more than {LargestAnswer / 1024 / 1024} MB",
        { HttpRequestError: HttpRequestError.NameResolutionError } => "the host name does not resolve",
        { HttpRequestError: HttpRequestError.ConnectionError } => "no connection",
        _ => "the connection broke before the answer was complete",
    };

    private static TimeSpan? Wait(RetryConditionHeaderValue? value) => value switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > DateTimeOffset.UtcNow => date - DateTimeOffset.UtcNow,
        _ => null,
    };
}
