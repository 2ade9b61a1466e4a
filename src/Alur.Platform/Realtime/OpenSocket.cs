using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Platform.Realtime;

/// <summary><c>GET /ws</c>: becomes a socket. Whoever has an account is known by it; everybody else may follow what is public.</summary>
internal static class OpenSocket
{
    public static async Task<IResult> Handle(
        HttpContext http, Hub hub, RealtimeOptions options, SocketPlaces places, AccessTokens tokens, Sessions sessions, AttachInTurn attach, MessageHints hints, [FromQuery(Name = "connection_id")] string? connectionId)
    {
        if (!http.WebSockets.IsWebSocketRequest) return Problem.From(new UpgradeRequired());
        if (!hub.IsOpen || hub.IsEnding || places.AreTaken) return Problem.From(new RealtimeBusy());
        var known = await SocketCaller.Find(http, tokens, sessions);
        if (!known.Ok) return Problem.From(known.Error);
        var caller = known.Value;

        // Before the upgrade: while the database is away, somebody with an account is told so in words that every client understands.
        var taken = places.Take(caller, http.Origin());
        if (!taken.Ok) return Problem.From(taken.Error);
        using var place = taken.Value;
        Result<Attachment> attached = caller.User is null ? new Attachment(Device: null) : await attach.Run(caller.User, http.AuditOrigin(caller.Principal), connectionId, http.RequestAborted);
        if (!attached.Ok) return Problem.From(attached.Error);
        var device = attached.Value.Device;
        try
        {
            var beat = TimeSpan.FromSeconds(options.HeartbeatSeconds);
            using var wire = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = beat, KeepAliveTimeout = beat });
            var socket = new Socket(wire, caller, hub) { Device = device is null ? null : new DeviceLine(device, caller.User!.UserId) };
            if (device is { Attached: > 1 }) hints.Wake([caller.User!.UserId]); // the node that holds its older socket
            socket.Send(Frames.Connected(device?.ConnectionId, hub.Epoch!, options.HeartbeatSeconds));
            await hub.Hold(socket, http.RequestAborted);
            return TypedResults.Empty;
        }
        finally
        {
            if (device is not null) hub.Devices.Leave(device);
        }
    }
}

/// <summary>The address was asked for as a page.</summary>
internal sealed record UpgradeRequired() : Invalid("UPGRADE_REQUIRED", "This address speaks WebSocket: connect with new WebSocket(…/ws).");

/// <summary>No socket at the moment.</summary>
internal sealed record RealtimeBusy() : Unavailable("REALTIME_BUSY", "No socket can be opened at the moment: too many are open or come at once, the journal is not read yet, or the server stops. Try again soon.");
