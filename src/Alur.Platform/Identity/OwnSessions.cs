using System.Security.Claims;
using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Who is asking for something about their own account, from which session.</summary>
internal sealed class Holder(HttpContext http)
{
    public Guid Id { get; } = Guid.Parse(http.Actor().Id!);

    public Guid SessionId { get; } = http.User.SessionId()!.Value;

    public string Email { get; } = http.User.FindFirstValue(ClaimTypes.Email) ?? "";

    public string Name { get; } = http.User.Identity?.Name ?? "";

    public string? Device { get; } = DeviceCookie.Of(http);

    public AuditOrigin Origin { get; } = http.AuditOrigin();
}

/// <summary>Lets somebody see where their account is signed in, and sign it out there.</summary>
internal static class OwnSessions
{
    private const string ListSql = """
        select id, kind, started_at, expires_at, ip_address, user_agent, id = @session
        from identity.sessions
        where user_id = @user and ended_at is null and expires_at > now()
        order by started_at desc, id
        """;

    private const string EndSql = """
        update identity.sessions set ended_at = now(), ended_by = 'sign-out'
        where user_id = @user and ended_at is null and expires_at > now() and case when @id::uuid is null then id <> @session else id = @id end
        returning id
        """;

    /// <summary>The sessions of the caller.</summary>
    public static async Task<Answer<IReadOnlyList<OwnSession>>> List(HttpContext http, NpgsqlDataSource database, CancellationToken ct)
    {
        var who = new Holder(http);
        return await database.Statement(ListSql, ("user", who.Id), ("session", who.SessionId)).Rows(
            r => new OwnSession(
                r.GetGuid(0), r.GetString(1), r.GetFieldValue<DateTimeOffset>(2), r.GetFieldValue<DateTimeOffset>(3), r.Maybe<string>(4), r.Maybe<string>(5), r.GetBoolean(6)),
            ct);
    }

    /// <summary>Ends one of them.</summary>
    public static async Task<Answer<SessionsEnded>> End([FromRoute] string id, HttpContext http, NpgsqlDataSource database, CancellationToken ct)
    {
        var ended = Guid.TryParseExact(id, "D", out var session) ? await End(new Holder(http), session, database, ct) : 0;
        return ended > 0 ? new SessionsEnded(ended) : new SessionNotFound();
    }

    /// <summary>Ends all of them but the one that asks.</summary>
    public static async Task<Answer<SessionsEnded>> EndOthers(HttpContext http, NpgsqlDataSource database, CancellationToken ct) =>
        new SessionsEnded(await End(new Holder(http), session: null, database, ct));

    private static async Task<int> End(Holder who, Guid? session, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var ended = await tx.Statement(EndSql, ("user", who.Id), ("session", who.SessionId), ("id", session)).Rows(r => r.GetGuid(0), ct);
        await WriteAudit.Run(tx, who.Origin, [.. ended.Select(id => new AuditEntry(AuditAction.Logout, Audited.Sessions, id.ToString()))], ct);
        await tx.CommitAsync(ct);
        return ended.Count;
    }
}

/// <summary>Where the account is signed in.</summary>
/// <param name="Id">Ends it.</param>
/// <param name="Kind"><c>cookie</c> or <c>token</c>.</param>
/// <param name="StartedAt">When the password was given.</param>
/// <param name="ExpiresAt">It ends then, whatever happens.</param>
/// <param name="IpAddress">Where it was given.</param>
/// <param name="UserAgent">What the program called itself.</param>
/// <param name="Current">It is the one that asks.</param>
public sealed record OwnSession(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("started_at")] DateTimeOffset StartedAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt,
    [property: JsonPropertyName("ip_address")] string? IpAddress,
    [property: JsonPropertyName("user_agent")] string? UserAgent,
    [property: JsonPropertyName("current")] bool Current);

/// <summary>What ended.</summary>
/// <param name="Ended">So many sessions.</param>
public sealed record SessionsEnded([property: JsonPropertyName("ended")] int Ended);
