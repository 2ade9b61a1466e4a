using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Alur.Benchmarks.Fanout;

/// <summary>A client as docs/api.md asks for it: it remembers what it last saw, comes back when it is cut off, and believes the answer whether it got everything.</summary>
/// <param name="where">A node that may be alive.</param>
internal sealed class CarefulClient(Func<Uri> where)
{
    private readonly List<long> _heard = [];
    private readonly List<(long After, long UpTo)> _refetched = [];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private ClientWebSocket? _wire;
    private string? _epoch;
    private long _from = -1;

    public bool Follows => _from >= 0;

    /// <summary>Up to where it knows everything.</summary>
    public long Last { get; private set; }

    public int Twice { get; private set; }

    public int Recovered { get; private set; }

    public int Refetched => _refetched.Count;

    /// <summary>Cuts it off, without a goodbye.</summary>
    public void Drop() => _wire?.Abort();

    public async Task Run(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var wire = _wire = new ClientWebSocket();
                await wire.ConnectAsync(new UriBuilder(where()) { Scheme = "ws", Path = "/ws" }.Uri, ct);
                await Follow(wire, ct);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
            {
                // It comes back.
            }

            await Task.Delay(Random.Shared.Next(20, 200), CancellationToken.None);
        }
    }

    /// <summary>What it missed without being told, and what it heard that never was.</summary>
    public (int Lost, int Invented) Judge(IReadOnlyCollection<long> committed)
    {
        var heard = _heard.ToHashSet();
        var lost = committed.Count(p => p > _from && !heard.Contains(p) && !_refetched.Exists(gap => p > gap.After && p <= gap.UpTo));
        return (lost, heard.Count(p => !committed.Contains(p)));
    }

    private async Task Follow(ClientWebSocket wire, CancellationToken ct)
    {
        object asked = Follows ? new { type = "subscribe", topic = School.Topic, offset = Last, epoch = _epoch } : new { type = "subscribe", topic = School.Topic };
        await wire.SendAsync(Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(asked)), WebSocketMessageType.Text, endOfMessage: true, ct);
        while (await Next(wire, ct) is { } frame)
        {
            if ((string?)frame["type"] == "subscribed") Begin((long)frame["offset"]!, (string)frame["epoch"]!, (bool?)frame["recovered"]);
            if ((string?)frame["type"] == "broadcast") Hear((long)frame["offset"]!);
        }
    }

    private void Begin(long offset, string epoch, bool? recovered)
    {
        _epoch = epoch;
        if (!Follows) _from = Last = offset;
        else if (recovered == true) Recovered++;
        else
        {
            _refetched.Add((Last, offset));
            Last = Math.Max(Last, offset);
        }
    }

    private void Hear(long offset)
    {
        if (offset <= Last) Twice++;
        else
        {
            _heard.Add(offset);
            Last = offset;
        }
    }

    private async Task<JsonNode?> Next(ClientWebSocket wire, CancellationToken ct)
    {
        var length = 0;
        while (true)
        {
            var part = await wire.ReceiveAsync(_buffer.AsMemory(length), ct);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (part.EndOfMessage) return JsonNode.Parse(_buffer.AsSpan(0, length));
        }
    }
}
