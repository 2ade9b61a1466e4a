using Alur.Platform.Identity;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Realtime;

/// <summary><c>GET /ws</c>: becomes a socket. Whoever has an account is known by it; everybody else may follow what is public.</summary>
internal static class OpenSocket
{
    public static async Task<IResult> Handle(HttpContext http, Hub hub, RealtimeOptions options, AccessTokens tokens, Sessions sessions)
    {
        if (!http.WebSockets.IsWebSocketRequest) return Problem.From(new UpgradeRequired());
        if (!hub.IsOpen || hub.Count >= options.MaxSockets) return Problem.From(new RealtimeBusy());
        if (await SocketCaller.Find(http, tokens, sessions) is not { } caller) return Problem.From(new TokenRefused());
        var beat = TimeSpan.FromSeconds(options.HeartbeatSeconds);
        using var wire = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = beat, KeepAliveTimeout = beat });
        var socket = new Socket(wire, caller, hub);
        socket.Send(Frames.Connected(connectionId: null, hub.Epoch!, options.HeartbeatSeconds));
        await hub.Hold(socket, http.RequestAborted);
        return TypedResults.Empty;
    }
}

/// <summary>The address was asked for as a page.</summary>
internal sealed record UpgradeRequired() : Invalid("UPGRADE_REQUIRED", "This address speaks WebSocket: connect with new WebSocket(…/ws).");

/// <summary>No socket at the moment.</summary>
internal sealed record RealtimeBusy() : Unavailable("REALTIME_BUSY", "No socket can be opened at the moment: too many are open, or the journal is not read yet. Try again soon.");
