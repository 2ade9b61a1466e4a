using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>An account as those who run the installation see it.</summary>
/// <param name="Id">Histories name the holder by it.</param>
/// <param name="Email">Signs in by it.</param>
/// <param name="Name">Shown to others.</param>
/// <param name="Phone">Null: not given.</param>
/// <param name="Role"><c>admin</c> or <c>client</c>.</param>
/// <param name="Grants">What the holder may do beyond the role.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastSignInAt">Null: nobody ever signed in.</param>
/// <param name="DisabledAt">Since then nobody signs in; null: it works.</param>
/// <param name="LockedUntil">Takes no password until then, after too many wrong tries; null: it takes one.</param>
/// <param name="HasSecondFactor">A code is asked for besides the password.</param>
/// <param name="Version">Of what administrators change; the <c>ETag</c> of the account read by itself.</param>
public sealed record User(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("phone")] string? Phone,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("grants")] IReadOnlyList<string> Grants,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("last_sign_in_at")] DateTimeOffset? LastSignInAt,
    [property: JsonPropertyName("disabled_at")] DateTimeOffset? DisabledAt,
    [property: JsonPropertyName("locked_until")] DateTimeOffset? LockedUntil,
    [property: JsonPropertyName("second_factor")] bool HasSecondFactor,
    [property: JsonPropertyName("version")] string Version);

/// <summary>Every account that was not erased, by e-mail address.</summary>
public sealed class ListUsers(NpgsqlDataSource database)
{
    private const string ListSql = $"""
        select u.id, u.email, u.name, u.phone, u.role,
               array(select g.name from identity.user_grants g where g.user_id = u.id order by g.name),
               u.created_at, s.last_at, s.disabled_at, case when s.locked_until > now() then s.locked_until end, s.totp_since is not null, {UserVersion.Expression}
        from identity.users u
        join identity.sign_ins s on s.user_id = u.id
        where s.erased_at is null and (@email is null or u.email = @email)
        order by u.email
        """;

    /// <summary>All of them; an installation has dozens, not thousands.</summary>
    public Task<IReadOnlyList<User>> Run(CancellationToken ct) => Read(email: null, ct);

    /// <summary>One of them. Refused: <c>USER_NOT_FOUND</c>.</summary>
    public async Task<Result<User>> One(string email, CancellationToken ct) =>
        await Read(Emails.Normal(email), ct) is [var user] ? user : new UserNotFound(Emails.Normal(email));

    private async Task<IReadOnlyList<User>> Read(string? email, CancellationToken ct)
    {
        await using var command = database.CreateCommand(ListSql);
        command.Parameters.Add(new NpgsqlParameter<string?>("email", email));
        return await command.Rows(
            r => new User(
                r.GetGuid(0), r.GetString(1), r.GetString(2), r.Maybe<string>(3), r.GetString(4), r.GetFieldValue<string[]>(5), r.GetFieldValue<DateTimeOffset>(6),
                r.Maybe<DateTimeOffset?>(7), r.Maybe<DateTimeOffset?>(8), r.Maybe<DateTimeOffset?>(9), r.GetBoolean(10), r.GetString(11)),
            ct);
    }
}
