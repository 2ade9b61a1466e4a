using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>Who follows a topic, on whichever node. People without an account are not counted: they have no device.</summary>
internal static class FindPresence
{
    // A node that died is believed for a while, as everywhere.
    private const string Present = """
        from realtime.websocket_room_memberships m
        join realtime.websocket_connections c on c.connection_id = m.connection_id
        where m.room_id = any (@topics) and c.is_alive
        """;

    private const string CountSql = "select m.room_id, count(distinct c.user_id)::int " + Present + " group by m.room_id";

    private const string WhoSql = """
        select t.room_id, t.user_id, u.name
        from (select m.room_id, c.user_id, row_number() over (partition by m.room_id order by min(m.joined_at), c.user_id) as place
        """ + " " + Present + """
         group by m.room_id, c.user_id) t
        join identity.users u on u.id = t.user_id
        where t.place <= @most
        order by t.room_id, t.place
        """;

    /// <summary>How many people follow each of these.</summary>
    public static async Task<Dictionary<string, int>> Count(NpgsqlDataSource db, IReadOnlyCollection<string> topics, CancellationToken ct) =>
        (await db.Statement(CountSql, ("topics", topics.ToArray())).Rows(r => (Topic: r.GetString(0), Count: r.GetInt32(1)), ct)).ToDictionary(c => c.Topic, c => c.Count, StringComparer.Ordinal);

    /// <summary>Who they are, those first that came first, and so many of each at most.</summary>
    public static async Task<ILookup<string, PresentUser>> Who(NpgsqlDataSource db, IReadOnlyCollection<string> topics, CancellationToken ct) =>
        (await db.Statement(WhoSql, ("topics", topics.ToArray()), ("most", DeviceLimits.Present)).Rows(r => (Topic: r.GetString(0), User: new PresentUser(r.GetGuid(1), r.GetString(2))), ct))
        .ToLookup(p => p.Topic, p => p.User, StringComparer.Ordinal);
}

/// <summary>Somebody who follows a topic.</summary>
internal sealed record PresentUser(Guid Id, string Name);
