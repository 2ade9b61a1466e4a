using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Notifications;

/// <summary>What admins told many at once, latest first, with how many of these have read it; and whom they could tell.</summary>
internal static class ListBroadcasts
{
    private const string ListName = "broadcasts";

    private const string ListSql = """
        select b.id, b.type, b.title, b.message, b.priority, b.audience, b.sent_by, b.sent_at, b.recipients,
               b.forgotten_reads + (select count(*)::int from realtime.real_time_notifications n where n.broadcast_id = b.id and n.read)
        from realtime.broadcasts b
        where @after_at is null or (b.sent_at, b.id) < (@after_at, @after_id)
        order by b.sent_at desc, b.id desc
        limit @rows
        """;

    private const string AudiencesSql = """
        with active as materialized (
            select u.id, u.role from identity.users u join identity.sign_ins s on s.user_id = u.id and s.disabled_at is null
        )
        select 'everybody', count(*)::int from active
        union all
        select 'role:' || a.role, count(*)::int from active a group by a.role
        union all
        select 'grant:' || g.name, count(*)::int from identity.user_grants g join active a on a.id = g.user_id group by g.name
        """;

    /// <summary>What was told many at once, latest first.</summary>
    public static async Task<Listing<Broadcast>> Handle(
        NpgsqlDataSource database, CancellationToken ct, [FromQuery] string? after = null, [FromQuery, Range(1, Paging.MaxLimit)] int limit = Paging.DefaultLimit) =>
        await Run(database, after, limit, ct);

    /// <summary>Whom something can be told, with how many people that are now.</summary>
    public static async Task<Answer<IReadOnlyList<AudienceSize>>> Audiences(NpgsqlDataSource database, [FromServices] IEnumerable<Grant> grants, CancellationToken ct) =>
        (Result<IReadOnlyList<AudienceSize>>)await Sizes(database, grants, ct);

    /// <summary>A page of the list. Refused: <c>INVALID_CURSOR</c>.</summary>
    public static async Task<Result<Page<Broadcast>>> Run(NpgsqlDataSource database, string? after, int limit, CancellationToken ct)
    {
        var key = Cursor.Read<Key>(after, ListName);
        if (!key.Ok) return key.Error;
        await using var command = database.Statement(ListSql, ("rows", limit + 1));
        command.Parameters.Add(new("after_at", NpgsqlDbType.TimestampTz) { Value = key.Value?.At.UtcDateTime ?? (object)DBNull.Value });
        command.Parameters.Add(new("after_id", NpgsqlDbType.Uuid) { Value = key.Value?.Id ?? (object)DBNull.Value });
        var rows = await command.Rows(
            r => new Broadcast(
                r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetFieldValue<DateTimeOffset>(7), r.GetInt32(8), r.GetInt32(9)),
            ct);
        return Paging.Cut(rows, limit, last => Cursor.After(ListName, new Key(last.SentAt, last.Id)));
    }

    /// <summary>All that there are, in the order in which people are offered them.</summary>
    public static async Task<List<AudienceSize>> Sizes(NpgsqlDataSource database, IEnumerable<Grant> grants, CancellationToken ct)
    {
        var sizes = (await database.Statement(AudiencesSql).Rows(r => (Word: r.GetString(0), People: r.GetInt32(1)), ct)).ToDictionary(row => row.Word, row => row.People, StringComparer.Ordinal);
        return [.. Audience.Known(grants).Select(audience => new AudienceSize(audience.Word, sizes.GetValueOrDefault(audience.Word)))];
    }

    private sealed record Key(DateTimeOffset At, Guid Id);
}

/// <summary>Something that was told many at once.</summary>
/// <param name="Id">Of the broadcast.</param>
/// <param name="Type"><c>system_announcement</c>, <c>new_feature</c> or <c>admin_alert</c>.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Message">What there is to know.</param>
/// <param name="Priority">How urgent it is.</param>
/// <param name="To">Whom it was told.</param>
/// <param name="SentBy">By whom, in the words of the audit.</param>
/// <param name="SentAt">When, by the database's clock.</param>
/// <param name="Recipients">So many have it in their list; whoever switched the type off has not.</param>
/// <param name="Read">So many of them have marked it as read.</param>
public sealed record Broadcast(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("priority")] string Priority,
    [property: JsonPropertyName("to")] string To,
    [property: JsonPropertyName("sent_by")] string SentBy,
    [property: JsonPropertyName("sent_at")] DateTimeOffset SentAt,
    [property: JsonPropertyName("recipients")] int Recipients,
    [property: JsonPropertyName("read")] int Read);

/// <summary>Somebody whom something can be told.</summary>
/// <param name="To">Of <c>POST /api/admin/broadcasts</c>.</param>
/// <param name="People">Accounts that work, whether they want to be told or not.</param>
public sealed record AudienceSize([property: JsonPropertyName("to")] string To, [property: JsonPropertyName("people")] int People);
