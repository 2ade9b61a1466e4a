using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Alur.Antrean.Tests.Doctor;

/// <summary>Answers every call with the same text and a date of its own choice, which no web server would send.</summary>
internal sealed class RawAnswer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _loop;

    public RawAnswer(string body, TimeSpan ahead)
    {
        _listener.Start();
        _loop = Task.Run(() => Loop(body, ahead));
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Dispose()
    {
        _listener.Stop();
        _loop.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task Loop(string body, TimeSpan ahead)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                if (await stream.ReadAsync(new byte[4096]) == 0)
                    continue;
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\nDate: {(DateTimeOffset.UtcNow + ahead).ToString("r", CultureInfo.InvariantCulture)}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
        {
            // closed
        }
    }
}
