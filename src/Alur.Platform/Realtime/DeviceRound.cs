using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>What there is to do for the devices of this node, once.</summary>
internal sealed class DeviceRound(Hub hub, NpgsqlDataSource db)
{
    private const int DevicesAtOnce = 200;

    private readonly Devices _devices = hub.Devices;

    /// <summary>Writes what clients have acknowledged, and tells them that it is written.</summary>
    public async Task Acknowledge(CancellationToken ct)
    {
        var ended = _devices.Ended;
        foreach (var socket in ended.Where(socket => socket.Device!.Acknowledged.Length == 0)) _devices.Heard(socket);
        var given = _devices.Held.Concat(ended).Select(socket => (Socket: socket, Line: socket.Device!, Ids: socket.Device!.Acknowledged)).Where(a => a.Ids.Length > 0).ToList();
        if (given.Count == 0) return;
        await AcknowledgeMessages.Run(db, [.. given.SelectMany(a => a.Ids.Select(id => (a.Line.Device.ConnectionId, id)))], ct);
        foreach (var (socket, line, ids) in given)
        {
            RealtimeMetrics.Acknowledged.Add(ids.Length);
            if (line.Written(ids)) _devices.LookAt(socket);
            foreach (var some in ids.Chunk(DeviceLimits.Acknowledged)) socket.Send(Frames.Acknowledged(some));
            if (line.Acknowledged.Length > 0) _devices.Work.Beat(); // more than a few were unknown
        }
    }

    /// <summary>Writes whose socket has ended.</summary>
    public async Task Leave(CancellationToken ct)
    {
        var left = _devices.Left;
        if (left.Count == 0) return;
        await WriteDevices.Left(db, left, ct);
        _devices.Written(left);
    }

    /// <summary>Writes what devices follow, if that has changed.</summary>
    public async Task Rooms(CancellationToken ct)
    {
        var changed = _devices.Held.Where(socket => socket.Device!.TakeRoomsChanged()).ToList();
        if (changed.Count == 0) return;
        try
        {
            await WriteRooms.Run(db, [.. changed.Select(socket => (socket.Device!.Device, socket.Followed))], ct);
        }
        catch
        {
            changed.ForEach(socket => socket.Device!.RoomsChanged());
            throw;
        }
    }

    /// <summary>Tells those who have asked who follows a topic.</summary>
    public async Task Present(CancellationToken ct)
    {
        var asked = _devices.TakeAsking().SelectMany(socket => socket.TakeAsked().Select(topic => (Socket: socket, Topic: topic, Who: hub.MaySeeWho(socket.Caller.Principal, topic)))).ToList();
        if (asked.Count == 0) return;
        try
        {
            await Present(asked, ct);
        }
        catch
        {
            asked.ForEach(a => a.Socket.Ask(a.Topic)); // answered when the database is back
            throw;
        }
    }

    /// <summary>Records a sign of life that all were sent.</summary>
    public async Task Record(DateTimeOffset at, CancellationToken ct)
    {
        var held = _devices.Held;
        if (held.Count > 0) await WriteDevices.Record(db, at, [.. held.Select(socket => socket.Device!.Device)], ct);
    }

    /// <summary>Writes whose socket is open.</summary>
    public async Task Seen(CancellationToken ct)
    {
        var held = _devices.Held;
        if (held.Count == 0) return;
        var revived = (await WriteDevices.Seen(db, [.. held.Select(socket => socket.Device!.Device)], ct)).ToHashSet(StringComparer.Ordinal);
        foreach (var line in held.Select(socket => socket.Device!).Where(line => revived.Contains(line.Device.ConnectionId))) line.RoomsChanged();
    }

    /// <summary>Sends these sockets what is due for their devices, and ends those whose device has a newer one.</summary>
    public async Task Tell(IReadOnlyCollection<Socket> sockets, CancellationToken ct)
    {
        if (sockets.Count == 0) return;
        var unsettled = sockets.Select(socket => socket.Device!).Where(line => !line.IsSettled).ToList();
        if (unsettled.Count > 0) await TakeMissed.Run(db, unsettled, ct);
        var known = sockets.ToDictionary(socket => socket.Device!.Device.ConnectionId, StringComparer.Ordinal);
        var due = new List<Socket>();
        foreach (var (id, isLost) in await LookAtDevices.Run(db, [.. sockets.Select(socket => socket.Device!)], ct))
        {
            if (isLost) known[id].Close(CloseReason.TakenOver);
            else due.Add(known[id]);
        }

        foreach (var some in due.Chunk(DevicesAtOnce)) await Drain(some, ct);
    }

    private async Task Present(List<(Socket Socket, string Topic, bool Who)> asked, CancellationToken ct)
    {
        var counts = await FindPresence.Count(db, [.. asked.Select(a => a.Topic).Distinct(StringComparer.Ordinal)], ct);
        var named = asked.Where(a => a.Who).Select(a => a.Topic).Distinct(StringComparer.Ordinal).ToList();
        var who = named.Count == 0 ? null : await FindPresence.Who(db, named, ct);
        foreach (var (socket, topic, may) in asked) socket.Send(Frames.Presence(topic, counts.GetValueOrDefault(topic), may ? who![topic] : null));
    }

    private async Task Drain(IReadOnlyCollection<Socket> sockets, CancellationToken ct)
    {
        while (true)
        {
            var asked = sockets.Where(socket => !socket.IsBusy).Select(socket => (Socket: socket, socket.Device!.Room)).Where(a => a.Room > 0).ToDictionary(a => a.Socket.Device!.Device.ConnectionId, StringComparer.Ordinal);
            if (asked.Count == 0) return;
            var messages = await DrainQueue.Run(db, [.. asked.Values.Select(a => a.Socket.Device!)], ct);
            RealtimeMetrics.Sent.Add(messages.Count);
            var full = new List<Socket>();
            foreach (var own in messages.GroupBy(message => message.ConnectionId, StringComparer.Ordinal))
            {
                var (socket, room) = asked[own.Key];
                foreach (var message in own)
                {
                    socket.Device!.Sent(message.Id, message.Row);
                    socket.Send(Frames.Message(message));
                }

                if (own.Count() == room) full.Add(socket);
            }

            sockets = full;
        }
    }
}
