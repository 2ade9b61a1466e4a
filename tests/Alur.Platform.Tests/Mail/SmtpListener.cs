using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Alur.Platform.Tests.Mail;

/// <summary>Speaks as much SMTP as a mail needs, one connection after the other, and keeps what it was told; <c>{0}</c> in an answer repeats the command.</summary>
internal sealed class SmtpListener : IDisposable
{
    private readonly TcpListener _listener;
    private readonly StringBuilder _received = new();
    private readonly string _recipient;

    /// <summary>What it says to whoever connects.</summary>
    public string Greeting { get; set; } = "220 test";

    /// <summary>What it says to <c>MAIL FROM</c>.</summary>
    public string Sender { get; set; } = "250 ok";

    /// <summary>What it says to the whole mail.</summary>
    public string Taken { get; set; } = "250 taken";

    /// <summary>What it says to <c>DATA</c>.</summary>
    public string Data { get; set; } = "354 go on";

    /// <summary>A mail with this subject it refuses after having read it, whatever <see cref="Taken"/> says.</summary>
    public string? Poison { get; set; }

    /// <summary>To recipients whose address has it in it, what is given in <c>recipient</c>; the others are fine.</summary>
    public string Only { get; set; } = "";

    public SmtpListener(string recipient = "250 ok", int port = 0)
    {
        (_recipient, _listener) = (recipient, new TcpListener(IPAddress.Loopback, port));
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
        await writer.WriteLineAsync(Greeting);
        var (data, bad) = (false, false);
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_received) _received.AppendLine(line);
            bad |= data && line == $"Subject: {Poison}";
            if (data && line != ".") continue;
            await writer.WriteLineAsync(Answer(line, bad ? "554 5.7.1 looks like spam" : Taken, ref data));
            bad = false;
        }
    }

    private string Answer(string line, string taken, ref bool data)
    {
        if (data)
        {
            data = false;
            return taken;
        }

        if (line.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase)) return Sender;
        if (line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase) && line.Contains(Only, StringComparison.Ordinal)) return _recipient.Replace("{0}", line, StringComparison.Ordinal);
        if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase)) return "221 bye";
        if (!line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase)) return "250 ok";
        data = Data.StartsWith('3');
        return Data;
    }
}
