using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Alur.Platform.Tests.Webhooks;

/// <summary>One call as it arrived.</summary>
/// <param name="Line">Method, path and version.</param>
/// <param name="Headers">By names in small letters.</param>
/// <param name="Body">As bytes that were UTF-8.</param>
internal sealed record Call(string Line, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>What a verifier is asked with this secret.</summary>
    public string[] Asked(string verifier, string secret) => [verifier, secret, Headers["webhook-id"], Headers["webhook-timestamp"], Headers["webhook-signature"], Body];
}

/// <summary>A receiver over real sockets that answers, byte by byte, as the test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    public const string Taken = "HTTP/1.1 204 No Content\r\n\r\n";

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _serving;

    public Receiver(int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _serving = Task.Run(Serve);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}/hook?key=top-secret";

    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>Writes the answer, all of it; the connection ends when it returns.</summary>
    public Func<Call, Stream, CancellationToken, Task> Answer { get; set; } = Says(_ => Taken);

    public static Func<Call, Stream, CancellationToken, Task> Says(Func<Call, string> answer) => async (call, stream, ct) =>
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer(call)), ct);

    /// <summary>An answer with this status and body.</summary>
    public static string Status(int code, string body = "", string headers = "") =>
        $"HTTP/1.1 {code} Whatever\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _serving;
        _closing.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true) _ = Talk(await _listener.AcceptTcpClientAsync(_closing.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private async Task Talk(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                var call = await Read(stream);
                Calls.Enqueue(call);
                await Answer(call, stream, _closing.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The caller went away, or the test is over.
            }
        }
    }

    private async Task<Call> Read(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!Ends(head))
        {
            await stream.ReadExactlyAsync(one, _closing.Token);
            head.Add(one[0]);
        }

        var lines = Encoding.UTF8.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1], StringComparer.Ordinal);
        var body = new byte[int.Parse(headers["content-length"], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _closing.Token);
        return new Call(lines[0], headers, Encoding.UTF8.GetString(body));
    }

    private static bool Ends(List<byte> head) => head is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'];
}
