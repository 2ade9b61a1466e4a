using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Gives an account another role or other grants; what its holder is signed in to obeys with the next request.</summary>
public sealed class ChangeUser(NpgsqlDataSource database, IEnumerable<Grant> grants)
{
    private const string RoleSql = """
        update identity.users u set role = @role
        from (select id, role from identity.users where email = @email for update) old
        where u.id = old.id
        returning u.id, old.role
        """;

    private const string GrantsSql = """
        with somebody as (
            select id from identity.users where email = @email
        ), gone as (
            delete from identity.user_grants g using somebody where g.user_id = somebody.id and g.name <> all(@names)
        ), given as (
            insert into identity.user_grants (user_id, name, granted_by)
            select somebody.id, n.name, @by from somebody, unnest(@names) as n(name)
            on conflict (user_id, name) do nothing
        )
        select id, array(select g.name from identity.user_grants g where g.user_id = id order by g.name) from somebody
        """;

    /// <summary>Changes the role. Refused: <c>USER_NOT_FOUND</c>, <c>ROLE_UNKNOWN</c>, <c>LAST_ADMIN</c>.</summary>
    public async Task<Result<Guid>> Role(string email, string role, AuditOrigin by, CancellationToken ct)
    {
        email = Emails.Normal(email);
        if (role is not (Policies.Admin or Policies.Client))
        {
            return new RoleUnknown(role);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await Admins.Lock(tx, ct) is [var last] && last == email && role != Policies.Admin)
        {
            return new LastAdmin();
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
    public async Task<Result<Guid>> Grants(string email, IReadOnlyList<string> names, AuditOrigin by, CancellationToken ct)
    {
        email = Emails.Normal(email);
        if (GrantNames.Unknown(names, grants) is { } unknown)
        {
            return unknown;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var user = await tx.Statement(GrantsSql, ("email", email), ("names", names.Distinct(StringComparer.Ordinal).ToArray()), ("by", by.Actor.Label))
            .Rows(r => (Id: r.GetGuid(0), Grants: r.GetFieldValue<string[]>(1)), ct);
        if (user is [])
        {
            return new UserNotFound(email);
        }

        var entry = new AuditEntry(AuditAction.RoleChange, Audited.Users, user[0].Id.ToString(), new { user[0].Grants }, new { grants = names });
        await WriteAudit.Run(tx, by, entry, ct);
        await tx.CommitAsync(ct);
        return user[0].Id;
    }
}
