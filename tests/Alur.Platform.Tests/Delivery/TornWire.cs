using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Alur.Platform.Tests.Delivery;

/// <summary>
/// A wire to PostgreSQL that can be cut at the worst moment: the server gets a message and acts on it, the answer never arrives. Exchanges are
/// counted from <see cref="CutAfter"/> on, over all connections.
/// </summary>
public sealed class TornWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly EndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _left = int.MaxValue;
    private bool _away;
    private int _turnedAway;

    public TornWire(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        _server = target.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{target.Host}/.s.PGSQL.{target.Port}")
            : new DnsEndPoint(target.Host, target.Port);
        _listener.Start();
        target.Host = "127.0.0.1";
        target.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        target.SslMode = SslMode.Disable;
        target.GssEncryptionMode = GssEncryptionMode.Disable;
        Db = NpgsqlDataSource.Create(target.ConnectionString);
        _accepting = Accept();
    }

    /// <summary>Reaches the database through this wire.</summary>
    public NpgsqlDataSource Db { get; }

    /// <summary>Whether the cut has happened.</summary>
    public bool Cut => Volatile.Read(ref _left) <= 0;

    /// <summary>While true, nobody answers at the other end.</summary>
    public bool Away
    {
        get => Volatile.Read(ref _away);
        set => Volatile.Write(ref _away, value);
    }

    /// <summary>Connections that found nobody.</summary>
    public int TurnedAway => Volatile.Read(ref _turnedAway);

    /// <summary>Of the exchanges from now on, number <paramref name="exchange"/> (from 1) is the one whose answer is swallowed.</summary>
    public void CutAfter(int exchange) => Volatile.Write(ref _left, exchange);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Db.DisposeAsync();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                if (!Away)
                {
                    _ = Carry(client);
                    continue;
                }

                client.Dispose();
                Interlocked.Increment(ref _turnedAway);
            }
        }
        catch (Exception ex) when (ex is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task Carry(Socket client)
    {
        using var server = new Socket(_server.AddressFamily == AddressFamily.Unix ? AddressFamily.Unix : AddressFamily.InterNetwork, SocketType.Stream,
            _server.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        using (client)
        {
            await server.ConnectAsync(_server, _stop.Token);
            var answered = false;
            var forth = Copy(client, server, _ =>
            {
                answered = false;
                return true;
            });
            var back = Copy(server, client, last =>
            {
                // ReadyForQuery in state idle: the server has committed whatever it was sent.
                if (answered || last.Span is not [.., (byte)'Z', 0, 0, 0, 5, _]) return Volatile.Read(ref _left) != 0;
                answered = true;
                return Volatile.Read(ref _left) is < 0 or int.MaxValue || Interlocked.Decrement(ref _left) != 0;
            });
            await Task.WhenAny(forth, back);
        }

        if (Volatile.Read(ref _left) == 0) Interlocked.Decrement(ref _left);
    }

    private async Task Copy(Socket from, Socket to, Func<ReadOnlyMemory<byte>, bool> mayPass)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var read)
            {
                if (!mayPass(buffer.AsMemory(0, read))) return;
                await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception ex) when (ex is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
