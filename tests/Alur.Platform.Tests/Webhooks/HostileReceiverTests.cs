using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Alur.Platform.Webhooks;
using Alur.Testing;
using static Alur.Platform.Tests.Webhooks.HookDesk;
using static Alur.Platform.Tests.Webhooks.Receiver;

namespace Alur.Platform.Tests.Webhooks;

public sealed class HostileReceiverTests
{
    [Theory]
    [InlineData("hangs before it answers")]
    [InlineData("hangs in the middle of its headers")]
    [InlineData("breaks off")]
    [InlineData("speaks something else")]
    public async Task A_receiver_without_an_answer_is_away(string how)
    {
        await using var receiver = new Receiver();
        receiver.Answer = how switch
        {
            "hangs before it answers" => (_, _, ct) => Task.Delay(Timeout.Infinite, ct),
            "hangs in the middle of its headers" => async (_, stream, ct) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nX-"u8.ToArray(), ct);
                await Task.Delay(Timeout.Infinite, ct);
            },
            "breaks off" => (_, _, _) => Task.CompletedTask,
            _ => Says(_ => "SSH-2.0-OpenSSH_9.9\r\n"),
        };
        await using var desk = await Open(within: TimeSpan.FromSeconds(1));
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event());
        await desk.Deliver();
        Assert.StartsWith(how.StartsWith("hangs", StringComparison.Ordinal) ? "PENDING 1 The receiver did not answer within 1 s." : "PENDING 1 The receiver broke the call off", await desk.Job(), StringComparison.Ordinal);
        Assert.Equal(1, await desk.One<int>("select consecutive_failures from platform.breakers"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_body_without_an_end_little_is_read_and_the_status_counts(bool fast)
    {
        var written = 0L;
        await using var receiver = new Receiver
        {
            Answer = async (_, stream, ct) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"u8.ToArray(), ct);
                for (var line = Encoding.ASCII.GetBytes(new string('x', fast ? 64 * 1024 : 10)); written < 64 * 1024 * 1024; written += line.Length)
                {
                    await stream.WriteAsync(line, ct);
                    if (!fast) await Task.Delay(100, ct);
                }
            },
        };
        await using var desk = await Open(within: TimeSpan.FromSeconds(1));
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event());
        await desk.Deliver();
        Assert.Equal("SENT 1", await desk.Job());
        Assert.InRange(await desk.One<int>("select length(response #>> '{}') from delivery.attempts"), 10, 4200);
        Assert.True(written < 32 * 1024 * 1024);
    }

    [Fact]
    public async Task What_a_receiver_repeats_of_secrets_is_not_kept()
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(400, """{"error":"bad signature","expected":"whsec_abcDEF012=","token":"t0ps"}""")) };
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event());
        await desk.Deliver();
        Assert.Equal("""{"error":"bad signature","expected":"[redacted]","token":"[redacted]"}""", await desk.One<string>("select response #>> '{}' from delivery.attempts"));
    }

    public static TheoryData<string, string> OddAnswers => new()
    {
        { "[" + string.Join(',', Enumerable.Repeat("1e131071", 450)) + "]", "[1e131071,1e131071," },
        { """{"a":1e400000}""", """{"a":1e400000}""" },
        { """{"a":1,"a":2,"token":"t0ps"}""", """{"a":1,"a":2,"token":"[redacted]"}""" },
        { """{"a":"\ud800","secret" : "t0p\"s"}""", """{"a":"\ud800","secret":"[redacted]"}""" },
        { """{"a":{"token":"t0ps""", """{"a":{"token":"[redacted]" """.TrimEnd() },
        { new string('[', 5000), new string('[', 4096) + "…" },
        { "turned \u202Eround\u2028and\0\u0007 about", "turned \uFFFDround and\uFFFD\uFFFD about" },
        { "null", "null" },
    };

    [Theory]
    [MemberData(nameof(OddAnswers))]
    public async Task Whatever_a_receiver_says_beside_its_status_is_a_short_text_and_changes_nothing(string said, string kept)
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(200, said)) };
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event());
        await desk.Deliver();
        Assert.Equal("SENT 1", await desk.Job());
        Assert.Single(receiver.Calls);
        Assert.Equal(0, await desk.One<int>("select consecutive_failures from platform.breakers"));
        Assert.StartsWith(kept, await desk.One<string>("select response #>> '{}' from delivery.attempts where jsonb_typeof(response) = 'string'"), StringComparison.Ordinal);
        var id = await desk.One<Guid>("select id from platform.webhook_endpoints");
        var page = await new ListWebhookAttempts(desk.Database.App).Run(id, failed: false, after: null, limit: 10, CancellationToken.None);
        Assert.InRange(page.Value.Items.Single().Response!.Length, 4, 4097);
    }

    [Fact]
    public async Task A_receiver_that_is_gone_has_answered_even_while_it_cannot_be_switched_off()
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(410)) };
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event());
        await desk.Execute("alter table platform.webhook_endpoints add constraint nothing_off check (is_active)");
        await desk.Deliver();
        Assert.Equal("PENDING 1 The receiver says that it is gone (HTTP 410).", await desk.Job());
        Assert.Equal(0, await desk.One<int>("select consecutive_failures from platform.breakers"));
        await desk.Execute("alter table platform.webhook_endpoints drop constraint nothing_off");
        await desk.MakeDue();
        await desk.Deliver();
        Assert.False(await desk.One<bool>("select is_active from platform.webhook_endpoints"));
    }

    [Fact]
    public async Task A_redirect_into_the_house_is_not_followed()
    {
        await using var inside = new Receiver();
        await using var receiver = new Receiver { Answer = Says(_ => Status(307, "", $"Location: {inside.Url}\r\n")) };
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event());
        await desk.Deliver();
        Assert.Empty(inside.Calls);
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_since_it_was_entered_is_looked_at_again_and_the_call_is_not_made()
    {
        await using var inside = new Receiver();
        var addresses = new Queue<IPAddress>([IPAddress.Parse("93.184.216.34"), IPAddress.Loopback]);
        var rules = new ReceiverRules(new WebhooksOptions(), (_, _) => Task.FromResult<IPAddress[]>([addresses.Dequeue()]));
        var url = $"https://hook.example:{inside.Port}/";
        Assert.True((await rules.Check(url, CancellationToken.None)).Ok);

        using var calls = new WebhookCalls(rules);
        var answer = await calls.Post(new Uri(url), [], "{}"u8.ToArray(), CancellationToken.None);

        Assert.True(answer is { Status: null, IsRefused: true, NothingSent: true });
        Assert.Empty(inside.Calls);
    }

    [Theory]
    [InlineData("127.0.0.2,127.0.0.1", true)]
    [InlineData("127.0.0.2,127.0.0.2,127.0.0.1", true)]
    [InlineData("127.0.0.2", false)]
    public async Task An_address_that_says_nothing_leaves_time_for_the_others(string addresses, bool reached)
    {
        await using var receiver = new Receiver();
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), receiver.Port));
        silent.Listen(0);
        using var first = await Fill((IPEndPoint)silent.LocalEndPoint!);
        var rules = new ReceiverRules(new WebhooksOptions { AllowPrivateAddresses = true }, (_, _) => Task.FromResult(addresses.Split(',').Select(IPAddress.Parse).ToArray())) { ForEach = TimeSpan.FromMilliseconds(300) };
        using var calls = new WebhookCalls(rules);

        var answer = await calls.Post(new Uri($"http://hook.example:{receiver.Port}/"), [], "{}"u8.ToArray(), CancellationToken.None);

        Assert.Equal((reached ? 204 : null, reached ? null : "The receiver cannot be reached.", !reached), (answer.Status, answer.Trouble, answer.NothingSent));
        Assert.True(answer.Duration >= TimeSpan.FromMilliseconds(250));
        Assert.Equal(reached ? 1 : 0, receiver.Calls.Count);
    }

    [Fact]
    public void Addresses_of_both_kinds_are_tried_in_turns()
    {
        IPAddress[] known = [.. new[] { "fd12::7", "fd12::8", "10.0.0.7", "fd12::9", "10.0.0.8" }.Select(IPAddress.Parse)];
        Assert.Equal(["fd12::7", "10.0.0.7", "fd12::8", "10.0.0.8", "fd12::9"], ReceiverRules.InTurns(known).Select(address => address.ToString()));
    }

    [Fact]
    public async Task Without_the_setting_a_receiver_in_the_house_is_never_called()
    {
        await using var inside = new Receiver();
        await using var desk = await Open(allowPrivate: false);
        await desk.Endpoint(inside.Url);
        await desk.Put(Event());
        await desk.Deliver();
        Assert.StartsWith("PENDING 1 The receiver's name leads into a network of the house", await desk.Job(), StringComparison.Ordinal);
        Assert.Empty(inside.Calls);
        Assert.Equal(0, await desk.One<int>("select consecutive_failures from platform.breakers"));
    }

    [Fact]
    public async Task A_receiver_that_hangs_holds_nobody_else()
    {
        await using var hanging = new Receiver { Answer = (_, _, ct) => Task.Delay(Timeout.Infinite, ct) };
        await using var receiver = new Receiver();
        await using var desk = await Open(within: TimeSpan.FromSeconds(3));
        await desk.Endpoint(hanging.Url, "slow.*");
        await desk.Endpoint(receiver.Url, "quick.*");
        await desk.Put([.. Enumerable.Range(0, 40).SelectMany(i => new[] { Event("slow.x", $"s{i}"), Event("quick.x", $"q{i}") })]);

        var delivering = desk.Deliver();
        await Eventually.True(() => receiver.Calls.Count == 40);
        Assert.False(delivering.IsCompleted);
        Assert.InRange(hanging.Calls.Count, 1, 4);
        await delivering;
        Assert.Equal(40, await desk.One<long>("select count(*) from delivery.jobs where state = 'SENT'"));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_believed()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=hook.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(certificate);
            return await tls.ReadAsync(new byte[1]);
        });
        await using var desk = await Open();
        await desk.Endpoint($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/hook");
        await desk.Put(Event());

        await desk.Deliver();

        Assert.StartsWith("PENDING 1 No secure connection to the receiver", await desk.Job(), StringComparison.Ordinal);
        Assert.True(await Record.ExceptionAsync(() => serving) is not null || await serving == 0, "It was told something.");
    }

    /// <summary>Takes the one place of whoever listens and accepts nobody, so that the next caller hears nothing at all.</summary>
    private static async Task<Socket> Fill(IPEndPoint silent)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(silent);
        return socket;
    }
}
