using System.Net;
using System.Net.Sockets;

namespace Alur.Browser.Tests;

/// <summary>The way from a desk to the server, which can be pulled out and put in again.</summary>
internal sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _open = [];
    private readonly Uri _server;
    private readonly Task _accepting;
    private bool _isOut;

    public Cable(Uri server)
    {
        _server = server;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = Accept();
    }

    /// <summary>The server, as the desk knows it.</summary>
    public Uri Address { get; }

    /// <summary>Whatever is open is torn, and nothing new gets through.</summary>
    public void PullOut()
    {
        lock (_gate)
        {
            _isOut = true;
            foreach (var socket in _open) socket.Close(0);
            _open.Clear();
        }
    }

    /// <summary>New connections get through again.</summary>
    public void PutIn()
    {
        lock (_gate) _isOut = false;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        PullOut();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var desk = await _listener.AcceptSocketAsync(_stop.Token);
                _ = Carry(desk);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Carry(Socket desk)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            lock (_gate)
            {
                if (_isOut)
                {
                    desk.Close(0);
                    return;
                }

                _open.UnionWith([desk, server]);
            }

            await server.ConnectAsync(_server.Host, _server.Port);
            await Task.WhenAny(Copy(desk, server), Copy(server, desk));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Torn, which is what a cable is for.
        }
        finally
        {
            lock (_gate) _open.ExceptWith([desk, server]);
            desk.Dispose();
            server.Dispose();
        }
    }

    private static async Task Copy(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer) is > 0 and var read) await to.SendAsync(buffer.AsMemory(0, read));
    }
}
