using System.Net;
using System.Net.Sockets;
using System.Text;
using static Alur.Platform.Tests.Alerts.AlertDesk;

namespace Alur.Platform.Tests.Alerts;

public sealed class SmtpChannelTests
{
    [Fact]
    public async Task The_mail_says_where_what_and_since_when()
    {
        using var server = new MailServer();
        await using var desk = await Open(Options(server.Port));
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        Assert.Equal(1, (await desk.Deliver()).Delivered);

        var mail = server.Received;
        Assert.Contains("MAIL FROM:<alur@rs.example>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("RCPT TO:<it@rs.example>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("RCPT TO:<night@rs.example>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"Subject: Alur at {Environment.MachineName}: x is broken", mail, StringComparison.Ordinal);
        Assert.Contains("Since 20", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_recipient_is_refused_for_good()
    {
        using var server = new MailServer(recipient: "550 no such user");
        await using var desk = await Open(Options(server.Port));
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        await desk.Deliver();
        Assert.Equal(["FAILED The mail server refused (SMTP 550)."], await desk.Column("select state || ' ' || last_error from delivery.jobs"));
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again()
    {
        await using var desk = await Open(Options(port: 1));
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        await desk.Deliver();
        Assert.Equal(["PENDING 1"], await desk.Column("select state || ' ' || attempts from delivery.jobs"));
    }

    [Fact]
    public async Task Without_STARTTLS_nothing_is_told_where_it_is_required()
    {
        using var server = new MailServer();
        var options = Options(server.Port);
        options.Smtp.Tls = true;
        await using var desk = await Open(options);
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        await desk.Deliver();
        Assert.DoesNotContain("MAIL FROM", server.Received, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["PENDING"], await desk.Column("select state from delivery.jobs"));
    }

    private static Platform.Alerts.AlertsOptions Options(int port) => new()
    {
        Language = "en",
        Smtp = { Host = "127.0.0.1", Port = port, Tls = false, From = "alur@rs.example", To = "it@rs.example, night@rs.example" },
    };

    /// <summary>Speaks as much SMTP as a mail needs, one connection after the other, and keeps what it was told.</summary>
    private sealed class MailServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly StringBuilder _received = new();
        private readonly string _recipient;

        public MailServer(string recipient = "250 ok")
        {
            _recipient = recipient;
            _listener.Start();
            _ = Task.Run(Serve);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public string Received
        {
            get
            {
                lock (_received) return _received.ToString();
            }
        }

        public void Dispose() => _listener.Dispose();

        private async Task Serve()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await Talk(client);
                }
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException or IOException)
            {
                // Closed.
            }
        }

        private async Task Talk(TcpClient client)
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 test");
            var data = false;
            while (await reader.ReadLineAsync() is { } line)
            {
                lock (_received) _received.AppendLine(line);
                if (data && line != ".") continue;
                await writer.WriteLineAsync(Answer(line, ref data));
            }
        }

        private string Answer(string line, ref bool data)
        {
            if (data)
            {
                data = false;
                return "250 taken";
            }

            if (line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase)) return _recipient;
            if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase)) return "221 bye";
            if (!line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase)) return "250 ok";
            data = true;
            return "354 go on";
        }
    }
}
