using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>A one-time link by which the holder of an account chooses its password.</summary>
/// <param name="Path">To be put behind the server's address; known to nobody but its holder, shown once.</param>
/// <param name="ExpiresAt">It works until then.</param>
public sealed record SetUpLink([property: JsonPropertyName("path")] string Path, [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt)
{
    /// <summary>Where such links lead.</summary>
    public const string Prefix = "/setup/";

    private const string InsertSql = """
        with replaced as (
            update identity.setup_links set used_at = now() where user_id = @user and used_at is null
        )
        insert into identity.setup_links (hash, user_id, expires_at) values (@hash, @user, now() + make_interval(hours => @hours))
        returning expires_at
        """;

    /// <summary>Makes the only link of an account: earlier ones that nobody used stop working.</summary>
    internal static async Task<SetUpLink> Make(NpgsqlTransaction tx, Guid user, int hours, CancellationToken ct)
    {
        var secret = Secrets.New();
        var made = await tx.Statement(InsertSql, ("hash", Secrets.Hash(secret)), ("user", user), ("hours", hours)).Rows(r => r.GetFieldValue<DateTimeOffset>(0), ct);
        return new SetUpLink(Prefix + secret, made.Single());
    }
}
