using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Notifications;

/// <summary>What somebody was told, newest first.</summary>
internal static class ListNotifications
{
    private const string ListName = "notifications";

    private const string ListSql = """
        select n.id, n.type, n.title, n.message, n.payload, n.priority, n.read, n.created_at, n.read_at
        from realtime.real_time_notifications n
        where n.user_id = @user
          and (@unread is not true or n.read = false)
          and (@type is null or n.type = @type)
          and (@priority is null or n.priority = @priority)
          and (@after_at is null or (n.created_at, n.id) < (@after_at, @after_id))
        order by n.created_at desc, n.id desc
        limit @rows
        """;

    private const string CountSql = """
        select count(*)::int, count(*) filter (where n.priority in ('high', 'critical'))::int from realtime.real_time_notifications n where n.user_id = @user and n.read = false
        """;

    /// <summary>The caller's notifications, newest first.</summary>
    public static async Task<Listing<Notification>> Handle(
        HttpContext http, NpgsqlDataSource database, [AsParameters] NotificationFilter filter, CancellationToken ct,
        [FromQuery] string? after = null, [FromQuery, Range(1, Paging.MaxLimit)] int limit = Paging.DefaultLimit) =>
        await Run(database, http.AccountId(), filter, after, limit, ct);

    /// <summary>How many of them the caller has not read.</summary>
    public static async Task<Answer<Unread>> Count(HttpContext http, NpgsqlDataSource database, CancellationToken ct) => await CountUnread(database, http.AccountId(), ct);

    /// <summary>A page of somebody's list. Refused: <c>INVALID_CURSOR</c>, <c>NOTIFICATION_TYPE_UNKNOWN</c>, <c>PRIORITY_UNKNOWN</c>.</summary>
    public static async Task<Result<Page<Notification>>> Run(NpgsqlDataSource database, Guid user, NotificationFilter filter, string? after, int limit, CancellationToken ct)
    {
        var key = Cursor.Read<Key>(after, ListName);
        if (filter.Mistake() is { } mistake) return mistake;
        if (!key.Ok) return key.Error;
        await using var command = database.Statement(ListSql, ("user", user), ("rows", limit + 1));
        command.Parameters.Add(new("unread", NpgsqlDbType.Boolean) { Value = filter.Unread ?? false });
        command.Parameters.Add(new("type", NpgsqlDbType.Text) { Value = filter.Type ?? (object)DBNull.Value });
        command.Parameters.Add(new("priority", NpgsqlDbType.Text) { Value = filter.Priority ?? (object)DBNull.Value });
        command.Parameters.Add(new("after_at", NpgsqlDbType.TimestampTz) { Value = key.Value?.At.UtcDateTime ?? (object)DBNull.Value });
        command.Parameters.Add(new("after_id", NpgsqlDbType.Uuid) { Value = key.Value?.Id ?? (object)DBNull.Value });
        return Paging.Cut(await command.Rows(Read, ct), limit, last => Cursor.After(ListName, new Key(last.CreatedAt, last.Id)));
    }

    /// <summary>How many of somebody's are unread.</summary>
    public static async Task<Unread> CountUnread(NpgsqlDataSource database, Guid user, CancellationToken ct) =>
        (await database.Statement(CountSql, ("user", user)).Rows(r => new Unread(r.GetInt32(0), r.GetInt32(1)), ct)).Single();

    private static Notification Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Maybe<JsonElement?>(4), row.GetString(5), row.GetBoolean(6),
        row.GetFieldValue<DateTimeOffset>(7), row.Maybe<DateTimeOffset?>(8));

    private sealed record Key(DateTimeOffset At, Guid Id);
}

/// <summary>What of somebody's notifications is looked for; all given conditions must hold.</summary>
/// <param name="Unread">Only what was not marked as read.</param>
/// <param name="Type">Of this type.</param>
/// <param name="Priority">Of this priority.</param>
public sealed record NotificationFilter(
    [property: FromQuery(Name = "unread")] bool? Unread = null,
    [property: FromQuery(Name = "type")] string? Type = null,
    [property: FromQuery(Name = "priority")] string? Priority = null)
{
    internal Error? Mistake() =>
        Type is not null && NotificationWords.TypeOf(Type) is null ? new NotificationTypeUnknown(Type, "type", [.. NotificationWords.AllTypes.Select(type => type.Word())])
        : Priority is not null && NotificationWords.PriorityOf(Priority) is null ? new PriorityUnknown(Priority, "priority")
        : null;
}

/// <summary>What somebody has not read.</summary>
/// <param name="Count">All of it.</param>
/// <param name="Urgent">Of it, what is <c>high</c> or <c>critical</c>.</param>
public sealed record Unread([property: JsonPropertyName("unread")] int Count, [property: JsonPropertyName("urgent")] int Urgent);

/// <summary>Whose notifications are asked for.</summary>
internal static class OwnNotifications
{
    /// <summary>The account of a caller that has one, as every caller of these addresses does.</summary>
    public static Guid AccountId(this HttpContext http) => Guid.Parse(http.Actor().Id!);
}
