using System.Net.Mail;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Somebody who is to have an account.</summary>
/// <param name="Email">Signs in by it; kept in lower case.</param>
/// <param name="Name">Shown to others.</param>
/// <param name="Phone">8 to 15 digits, with a plus before them or not.</param>
/// <param name="Role"><c>admin</c> or <c>client</c>.</param>
/// <param name="Grants">What they may do beyond the role, by names of <see cref="Grant"/>.</param>
public sealed record NewUser(string Email, string Name, string? Phone = null, string Role = Policies.Client, IReadOnlyList<string>? Grants = null);

/// <summary>Makes an account without a password and the link by which its holder chooses one.</summary>
public sealed class AddUser(NpgsqlDataSource database, IEnumerable<Grant> grants, IdentityOptions options)
{
    private const string InsertSql = """
        with made as (
            insert into identity.users (id, email, password, name, phone, role) values (@id, @email, @password, @name, @phone, @role) returning id
        ), signing as (
            insert into identity.sign_ins (user_id) select id from made
        )
        insert into identity.user_grants (user_id, name, granted_by) select made.id, g.name, @by from made, unnest(@grants) as g(name)
        """;

    /// <summary>The link. Refused: <c>EMAIL_INVALID</c>, <c>EMAIL_TAKEN</c>, <c>NAME_INVALID</c>, <c>PHONE_INVALID</c>, <c>ROLE_UNKNOWN</c>, <c>GRANT_UNKNOWN</c>.</summary>
    public Task<Result<SetUpLink>> Run(NewUser user, AuditOrigin by, CancellationToken ct) => Run(user, by, beforeCommit: (_, _) => Task.CompletedTask, ct);

    /// <summary>The same, with something more to do in its transaction.</summary>
    internal async Task<Result<SetUpLink>> Run(NewUser user, AuditOrigin by, Func<NpgsqlTransaction, SetUpLink, Task> beforeCommit, CancellationToken ct)
    {
        if (GrantNames.Unknown(user.Grants ?? [], grants) is { } unknown)
        {
            return unknown;
        }

        var password = Bcrypt.Hash(Secrets.New(), options.PasswordCost); // of something nobody knows
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var id = await Insert(tx, user, password, by, ct);
        if (!id.Ok)
        {
            return id.Error;
        }

        var link = await SetUpLink.Make(tx, id.Value, options.LinkHours, ct);
        await beforeCommit(tx, link);
        await tx.CommitAsync(ct);
        return link;
    }

    /// <summary>The rows of an account, in the caller's transaction, which is over after a refusal.</summary>
    internal static async Task<Result<Guid>> Insert(NpgsqlTransaction tx, NewUser user, string password, AuditOrigin by, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        var email = Emails.Normal(user.Email);
        if (!Emails.CanBeMailed(email))
        {
            return new EmailInvalid();
        }

        try
        {
            await tx.Statement(
                InsertSql, ("id", id), ("email", email), ("password", password), ("name", user.Name.Trim()), ("phone", user.Phone),
                ("role", user.Role), ("by", by.Actor.Label), ("grants", (user.Grants ?? []).Distinct(StringComparer.Ordinal).ToArray())).Run(ct);
            await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Create, Audited.Users, id.ToString(), NewValues: user with { Email = email }), ct);
            return id;
        }
        catch (PostgresException e) when (Refusal(e, email, user.Role) is { } refusal)
        {
            return refusal;
        }
    }

    private static Error? Refusal(PostgresException e, string email, string role) => e.ConstraintName switch
    {
        "users_email" => new EmailTaken(email),
        "users_email_format" or "users_email_form" => new EmailInvalid(),
        "users_name_length" => new NameInvalid(),
        "users_phone_format" => new PhoneInvalid(),
        "users_role" => new RoleUnknown(role),
        _ => null,
    };
}

/// <summary>E-mail addresses as accounts keep them.</summary>
internal static class Emails
{
    /// <summary>One person, one spelling.</summary>
    public static string Normal(string email) => email.Trim().ToLowerInvariant();

    /// <summary>Whether a mail can be sent there: the table's rule lets some pass that no mail program takes, such as those with two dots in a row.</summary>
    public static bool CanBeMailed(string email) =>
        MailAddress.TryCreate(email, out var read) && read.Address == email && !read.User.EndsWith('.') && Array.TrueForAll(read.Host.Split('.'), label => label is [not '-', ..] and [.., not '-']);
}

/// <summary>Names of grants as people write them.</summary>
internal static class GrantNames
{
    /// <summary>The refusal for the first name that no module declares.</summary>
    public static Error? Unknown(IEnumerable<string> names, IEnumerable<Grant> known)
    {
        var all = known.Select(grant => grant.Name).ToList();
        return names.Where(name => !all.Contains(name, StringComparer.Ordinal)).Select(name => new GrantUnknown(name, all)).FirstOrDefault();
    }
}
