using Alur.Platform.Audit;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Why a sign-in was refused, in the words of the audit.</summary>
internal static class RefusalReasons
{
    public const string Password = "password";
    public const string Code = "code";

    /// <summary>The password was right, and no code came with it.</summary>
    public const string CodeMissing = "code-missing";

    /// <summary>The password was right, and nobody can tell whether the code is.</summary>
    public const string KeyMissing = "key-missing";
}

/// <summary>
/// Puts a refused sign-in into the audit: the first of an account, a reason and a minute at once, and the one that locks the account; the others are counted
/// for <see cref="TellRefusals"/>. So every one is told and a flood leaves a few lines a minute. What was typed is kept nowhere, for people type passwords
/// where the address belongs.
/// </summary>
internal sealed class CountRefusal(NpgsqlDataSource database)
{
    // Whoever takes no tries is told apart here: locked, disabled, or no account at all. A lock that ended this very moment was one.
    private const string CountSql = """
        with somebody as (
            select u.id, case when s.disabled_at is not null then 'disabled' else 'locked' end as closed
            from identity.users u join identity.sign_ins s on s.user_id = u.id
            where u.email = @email
        ), counted as (
            insert into identity.refused_sign_ins as r (user_id, reason, minute)
            select s.id, case when s.id is null then 'unknown' else coalesce(@reason::text, s.closed) end, date_trunc('minute', now())
            from (values (1)) as one(try) left join somebody s on true
            on conflict on constraint refused_sign_ins_once do update set
                untold = r.untold + case when @locks then 0 else 1 end,
                addresses = case
                    when @locks or @address::text is null or @address = any(r.addresses) or cardinality(r.addresses) >= @most then r.addresses
                    else r.addresses || @address::text end
            returning r.user_id, r.reason, r.untold
        )
        select c.user_id, c.reason, c.untold = 0 or @locks from counted c
        """;

    private const int MostAddresses = 10;

    /// <summary>Counts one, and tells it if it is the first or the one that locks.</summary>
    /// <param name="email">As typed.</param>
    /// <param name="reason">Why, where a try was looked at; null: none was taken.</param>
    /// <param name="tried">The account as the try left it: after one that locks, it takes none of the device, or of strangers, for a while. Null: none was taken.</param>
    /// <param name="origin">Where it came from.</param>
    /// <param name="ct">Gives up.</param>
    public async Task Run(string email, string? reason, Account? tried, AuditOrigin origin, CancellationToken ct)
    {
        var locks = tried?.LockedUntil is not null;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var counted = (await tx.Statement(
                CountSql, ("email", Emails.Normal(email)), ("reason", reason), ("locks", locks), ("address", origin.IpAddress), ("most", MostAddresses))
            .Rows(r => (User: r.Maybe<Guid?>(0), Reason: r.GetString(1), Tell: r.GetBoolean(2)), ct)).Single();
        if (counted.Tell)
        {
            object values = !locks ? new { counted.Reason, Times = 1 }
                : tried!.IsKnownDevice ? new { counted.Reason, Times = 1, DeviceLockedUntil = tried.LockedUntil }
                : new { counted.Reason, Times = 1, tried.LockedUntil };
            await WriteAudit.Run(tx, origin, new AuditEntry(AuditAction.Update, Audited.SignIns, counted.User?.ToString(), NewValues: values), ct);
        }

        await tx.CommitAsync(ct);
    }
}
