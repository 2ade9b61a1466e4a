using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Gives an account another role or other grants; what its holder is signed in to obeys with the next request.</summary>
public sealed class ChangeUser(NpgsqlDataSource database, IEnumerable<Grant> grants)
{
    private const string RoleSql = """
        update identity.users u set role = @role
        from (select id, role from identity.users where email = @email for no key update) old
        where u.id = old.id
        returning u.id, old.role
        """;

    private const string HoldSql = "select id from identity.users where email = @email for no key update";

    private const string GrantsSql = """
        with gone as (
            delete from identity.user_grants g where g.user_id = @user and g.name <> all(@names)
        ), given as (
            insert into identity.user_grants (user_id, name, granted_by) select @user, n.name, @by from unnest(@names) as n(name)
            on conflict (user_id, name) do nothing
        )
        select array(select g.name from identity.user_grants g where g.user_id = @user order by g.name)
        """;

    /// <summary>Changes the role. Refused: <c>USER_NOT_FOUND</c>, <c>ROLE_UNKNOWN</c>, <c>LAST_ADMIN</c>.</summary>
    public Task<Result<Guid>> Role(string email, string role, AuditOrigin by, CancellationToken ct) => Role(email, role, seen: null, by, ct);

    /// <summary>The same if the account is still as it was <paramref name="seen"/>. Refused besides: <c>STALE</c>.</summary>
    public async Task<Result<Guid>> Role(string email, string role, Precondition? seen, AuditOrigin by, CancellationToken ct)
    {
        email = Emails.Normal(email);
        if (role is not (Policies.Admin or Policies.Client))
        {
            return new RoleUnknown(role);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await Admins.Lock(tx, email, ct) is [var last] && last == email && role != Policies.Admin)
        {
            return new LastAdmin();
        }

        if (await UserVersion.Check(tx, email, seen, ct) is { } stale)
        {
            return stale;
        }

        var user = await tx.Statement(RoleSql, ("email", email), ("role", role)).Rows(r => (Id: r.GetGuid(0), Role: r.GetString(1)), ct);
        if (user is [])
        {
            return new UserNotFound(email);
        }

        var entry = new AuditEntry(AuditAction.RoleChange, Audited.Users, user[0].Id.ToString(), new { user[0].Role }, new { role });
        await WriteAudit.Run(tx, by, entry, ct);
        await tx.CommitAsync(ct);
        return user[0].Id;
    }

    /// <summary>From now on exactly these grants. Refused: <c>USER_NOT_FOUND</c>, <c>GRANT_UNKNOWN</c>.</summary>
    public Task<Result<Guid>> Grants(string email, IReadOnlyList<string> names, AuditOrigin by, CancellationToken ct) => Grants(email, names, seen: null, by, ct);

    /// <summary>The same if the account is still as it was <paramref name="seen"/>. Refused besides: <c>STALE</c>.</summary>
    public async Task<Result<Guid>> Grants(string email, IReadOnlyList<string> names, Precondition? seen, AuditOrigin by, CancellationToken ct)
    {
        email = Emails.Normal(email);
        if (GrantNames.Unknown(names, grants) is { } unknown)
        {
            return unknown;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await UserVersion.Check(tx, email, seen, ct) is { } stale)
        {
            return stale;
        }

        if (await tx.Statement(HoldSql, ("email", email)).Rows(r => r.GetGuid(0), ct) is not [var user])
        {
            return new UserNotFound(email);
        }

        var before = (await tx.Statement(GrantsSql, ("user", user), ("names", names.Distinct(StringComparer.Ordinal).ToArray()), ("by", by.Actor.Label))
            .Rows(r => r.GetFieldValue<string[]>(0), ct)).Single();
        var entry = new AuditEntry(AuditAction.RoleChange, Audited.Users, user.ToString(), new { grants = before }, new { grants = names });
        await WriteAudit.Run(tx, by, entry, ct);
        await tx.CommitAsync(ct);
        return user;
    }
}
