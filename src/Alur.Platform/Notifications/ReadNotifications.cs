using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Notifications;

/// <summary>Marks what somebody was told as read.</summary>
internal static class ReadNotifications
{
    // Once more changes nothing: the moment of the first time stays.
    private const string OneSql = """
        update realtime.real_time_notifications n set read = true, read_at = coalesce(n.read_at, now()) where n.user_id = @user and n.id = @id returning n.read_at
        """;

    private const string UpToSql = """
        with seen as (
            select n.created_at, n.id from realtime.real_time_notifications n where n.user_id = @user and n.id = @id
        ), held as materialized (
            select n.id from realtime.real_time_notifications n join seen s on (n.created_at, n.id) <= (s.created_at, s.id)
            where n.user_id = @user and n.read = false
            order by n.id for update of n
        ), marked as (
            update realtime.real_time_notifications n set read = true, read_at = now() from held h where n.id = h.id returning 1
        )
        select (select count(*) from seen) > 0, (select count(*) from marked)::int
        """;

    /// <summary>Marks one of the caller's notifications as read; once more changes nothing.</summary>
    public static async Task<Answer<NotificationRead>> One([FromRoute] string id, HttpContext http, NpgsqlDataSource database, CancellationToken ct) =>
        await Mark(database, http.AccountId(), id, ct);

    /// <summary>Marks the one named and all that came before it as read; what came later stays unread.</summary>
    public static async Task<Answer<NotificationsRead>> UpTo([FromBody] Request request, HttpContext http, NpgsqlDataSource database, CancellationToken ct) =>
        await MarkUpTo(database, http.AccountId(), request.UpTo!.Value, ct);

    /// <summary>Refused: <c>NOTIFICATION_NOT_FOUND</c>, also for somebody else's.</summary>
    public static async Task<Result<NotificationRead>> Mark(NpgsqlDataSource database, Guid user, string id, CancellationToken ct) =>
        Guid.TryParseExact(id, "D", out var known)
        && await database.Statement(OneSql, ("user", user), ("id", known)).Rows(r => r.GetFieldValue<DateTimeOffset>(0), ct) is [var at]
            ? new NotificationRead(known, at)
            : new NotificationNotFound();

    /// <summary>Refused: <c>NOTIFICATION_NOT_FOUND</c>.</summary>
    public static async Task<Result<NotificationsRead>> MarkUpTo(NpgsqlDataSource database, Guid user, Guid id, CancellationToken ct)
    {
        var (found, marked) = (await database.Statement(UpToSql, ("user", user), ("id", id)).Rows(r => (r.GetBoolean(0), r.GetInt32(1)), ct)).Single();
        return found ? new NotificationsRead(marked) : new NotificationNotFound();
    }

    /// <summary>How far.</summary>
    /// <param name="UpTo">The newest notification that the caller has seen.</param>
    public sealed record Request([property: JsonPropertyName("up_to"), Required] Guid? UpTo = null);
}

/// <summary>A notification that is read.</summary>
/// <param name="Id">Which.</param>
/// <param name="ReadAt">Since when.</param>
public sealed record NotificationRead([property: JsonPropertyName("id")] Guid Id, [property: JsonPropertyName("read_at")] DateTimeOffset ReadAt);

/// <summary>Notifications that were marked as read.</summary>
/// <param name="Read">So many that were unread before.</param>
public sealed record NotificationsRead([property: JsonPropertyName("read")] int Read);
