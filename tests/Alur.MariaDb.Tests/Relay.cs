using System.Net;
using System.Net.Sockets;

namespace Alur.MariaDb.Tests;

/// <summary>The network between us and the server, made to fail: passes bytes on until it is told to cut, to swallow or to lie.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _serverPort;
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _conversations = [];
    private readonly TaskCompletionSource _swallowing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private long _passed;

    internal Relay(int serverPort, IPAddress? address = null)
    {
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _serverPort = serverPort;
        _listener.Start();
        _accepting = Accept();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes of the server that reached the client, over all conversations.</summary>
    internal long Passed => Interlocked.Read(ref _passed);

    /// <summary>After so many bytes of the server, both sides of the conversation are closed.</summary>
    internal long? CutAfter { get; set; }

    /// <summary>Cut as a crashed machine does (RST) instead of as a closed program does (FIN).</summary>
    internal bool CutHard { get; set; }

    /// <summary>After so many bytes of the server nothing passes any more, in any conversation, and nothing is closed.</summary>
    internal long? SwallowAfter { get; set; }

    /// <summary>Changes the server's first packet on its way.</summary>
    internal Action<Memory<byte>>? Greeting { get; set; }

    internal Task Swallowing => _swallowing.Task;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_conversations);
        _end.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _conversations.Add(Converse(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException && _end.IsCancellationRequested)
        {
            // The end of the test; a cancelled accept reports itself in either way.
        }
    }

    private async Task Converse(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, _end.Token);
                Task up = Up(client.GetStream(), server.GetStream());
                Task down = Down(server.GetStream(), client.GetStream());
                await Task.WhenAny(up, down);
                client.LingerState = new LingerOption(CutHard, 0);
                client.Close();
                server.Close();
                await Task.WhenAll(up, down);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A conversation ends like this: one side closed, or the test is over.
            }
        }
    }

    private async Task Up(NetworkStream client, NetworkStream server)
    {
        var buffer = new byte[16 * 1024];
        for (int read; (read = await client.ReadAsync(buffer, _end.Token)) > 0;)
        {
            if (Swallowing.IsCompleted)
                await Task.Delay(Timeout.InfiniteTimeSpan, _end.Token);
            await server.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }

    private async Task Down(NetworkStream server, NetworkStream client)
    {
        var buffer = new byte[16 * 1024];
        bool first = true;
        for (int read; (read = await server.ReadAsync(buffer, _end.Token)) > 0; first = false)
        {
            Memory<byte> bytes = buffer.AsMemory(0, read);
            if (first)
                Greeting?.Invoke(bytes);
            long left = Math.Min(CutAfter ?? long.MaxValue, SwallowAfter ?? long.MaxValue) - Passed;
            int pass = (int)Math.Clamp(left, 0, read);
            Interlocked.Add(ref _passed, pass);
            await client.WriteAsync(bytes[..pass], _end.Token);
            if (pass == read)
                continue;
            if (CutAfter is not null)
                return;
            _swallowing.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _end.Token);
        }
    }
}
