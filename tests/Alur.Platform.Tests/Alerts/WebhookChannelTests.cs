using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using static Alur.Platform.Tests.Alerts.AlertDesk;

namespace Alur.Platform.Tests.Alerts;

public sealed class WebhookChannelTests
{
    [Fact]
    public async Task The_receiver_gets_the_beginning_and_then_the_end()
    {
        using var receiver = new Receiver(_ => 204);
        await using var desk = await Open(new() { Language = "en", Webhook = { Url = receiver.Url } });
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        desk.Wrong = [];
        await desk.Raise.RunOnce(CancellationToken.None);
        Assert.Equal(2, (await desk.Deliver()).Delivered);

        var bodies = receiver.Bodies.Select(body => JsonNode.Parse(body)!).ToList();
        Assert.Equal(["raised", "cleared"], bodies.Select(b => (string)b["event"]!));
        Assert.Equal($"Alur at {Environment.MachineName}: x is broken", (string)bodies[0]["text"]!);
        Assert.Equal($"Alur at {Environment.MachineName}: over: x is broken", (string)bodies[1]["text"]!);
        Assert.Equal("test.x", (string)bodies[0]["name"]!);
        Assert.NotNull(bodies[1]["cleared_at"]);
    }

    [Theory]
    [InlineData(500, "PENDING")]
    [InlineData(429, "PENDING")]
    [InlineData(404, "FAILED")]
    [InlineData(302, "FAILED")]
    public async Task A_receiver_that_is_down_is_tried_again_and_one_that_refuses_is_not(int status, string state)
    {
        using var receiver = new Receiver(_ => status);
        await using var desk = await Open(new() { Webhook = { Url = receiver.Url } });
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        await desk.Deliver();
        Assert.Equal([state], await desk.Column("select state from delivery.jobs"));
    }

    [Theory]
    [InlineData("Content-Length: 100000\r\n\r\n", 100_000)]
    [InlineData("Content-Length: 100000\r\n\r\n", 10)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", 0)]
    public async Task The_status_is_the_answer_however_long_what_follows_is_and_whether_or_not_it_ends(string headers, int bytes)
    {
        await using var receiver = new Webhooks.Receiver
        {
            Answer = async (_, stream, ct) =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{headers}{new string('x', bytes)}"), ct);
                await Task.Delay(Timeout.Infinite, ct); // says no more, and does not hang up
            },
        };
        await using var desk = await Open(new() { Webhook = { Url = receiver.Url } });
        await desk.Look("x");
        for (var turn = 0; turn < 2; turn++)
        {
            await desk.Deliver();
            await desk.Execute("update delivery.lanes set due_at = now() where state = 'OPEN' and lease_token is null");
        }

        Assert.Single(receiver.Calls);
        Assert.Equal(["SENT 1"], await desk.Column("select state || ' ' || claims from delivery.jobs"));
    }

    [Fact]
    public async Task The_address_is_a_secret_and_appears_nowhere()
    {
        await using var desk = await Open(new() { Webhook = { Url = "http://127.0.0.1:1/top-secret" } });
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        await desk.Deliver();
        Assert.Equal(["1 false"], await desk.Column(
            "select j.attempts || ' ' || (to_jsonb(j)::text || to_jsonb(a)::text like '%top-secret%') from delivery.jobs j join delivery.attempts a on a.job_id = j.id"));
    }

    private sealed class Receiver : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<string> _bodies = new();

        public Receiver(Func<string, int> status)
        {
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/hook";
            }

            _listener.Prefixes.Add(Url + "/");
            _listener.Start();
            _ = Task.Run(() => Serve(status));
        }

        public string Url { get; }

        public IEnumerable<string> Bodies => _bodies;

        public void Dispose() => _listener.Close();

        private async Task Serve(Func<string, int> status)
        {
            try
            {
                while (await _listener.GetContextAsync() is { } context)
                {
                    using var reader = new StreamReader(context.Request.InputStream);
                    var body = await reader.ReadToEndAsync();
                    _bodies.Enqueue(body);
                    context.Response.StatusCode = status(body);
                    if (context.Response.StatusCode == 302) context.Response.RedirectLocation = "http://127.0.0.1:1/";
                    context.Response.Close();
                }
            }
            catch (Exception ex) when (ex is HttpListenerException or ObjectDisposedException)
            {
                // Closed.
            }
        }
    }
}
