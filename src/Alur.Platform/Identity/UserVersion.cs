using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>The version of an account: a digest of what administrators change of it, so that signing in makes no new one.</summary>
internal static class UserVersion
{
    /// <summary>An expression over <c>identity.users u</c> and its <c>identity.sign_ins s</c>.</summary>
    public const string Expression = """
        left(encode(sha256(convert_to(jsonb_build_array(u.id, u.email, u.name, u.phone, u.role, s.disabled_at is null, s.totp_since is null,
            array(select g.name from identity.user_grants g where g.user_id = u.id order by g.name))::text, 'UTF8')), 'hex'), 32)
        """;

    // Whoever else names a version waits here until this transaction has ended.
    private const string HoldSql = $"""
        select {Expression}
        from identity.users u
        join identity.sign_ins s on s.user_id = u.id
        where u.email = @email
        for no key update
        """;

    // What was changed while we waited is in no snapshot that was taken before.
    private const string ReadSql = $"""
        select {Expression}
        from identity.users u
        join identity.sign_ins s on s.user_id = u.id
        where u.email = @email
        """;

    /// <summary>Holds the account until the transaction ends, if the caller names what it has seen. Null: go on. Refused: <c>STALE</c>.</summary>
    public static async Task<Error?> Check(NpgsqlTransaction tx, string email, Precondition? seen, CancellationToken ct)
    {
        if (seen is null || (await tx.Statement(HoldSql, ("email", email)).Rows(r => r.GetString(0), ct)) is [])
        {
            return null; // who is not there is told by the change itself
        }

        return seen.Holds((await tx.Statement(ReadSql, ("email", email)).Rows(r => r.GetString(0), ct)).Single()) ? null : new Stale();
    }
}
