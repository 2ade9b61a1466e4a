using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Leases;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>
/// Puts the refused sign-ins that were only counted into the audit, one entry for each account, reason and minute, once the minute is over. Whoever is refused
/// meanwhile begins a new count, so none is told twice and none is left out; after a stop they are told at the next start.
/// </summary>
internal static class TellRefusals
{
    private const string TakeSql = """
        delete from identity.refused_sign_ins where minute < date_trunc('minute', now()) returning user_id, reason, minute, untold, addresses
        """;

    public static async Task RunOnce(IServiceProvider services, LeaseGrant lease, CancellationToken ct)
    {
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var taken = await tx.Statement(TakeSql).Rows(
            r => new Counted(r.Maybe<Guid?>(0), r.GetString(1), r.GetFieldValue<DateTimeOffset>(2), r.GetInt32(3), r.GetFieldValue<string[]>(4)), ct);
        var untold = taken.Where(counted => counted.Times > 0).Select(Entry).ToList();
        if (untold.Count > 0)
        {
            await WriteAudit.Run(tx, new AuditOrigin(Actor.Stranger), untold, ct);
        }

        await tx.CommitAsync(ct);
    }

    private static AuditEntry Entry(Counted counted) => new(
        AuditAction.Update, Audited.SignIns, counted.User?.ToString(), NewValues: new { counted.Reason, counted.Times, counted.Minute, counted.Addresses });

    private sealed record Counted(Guid? User, string Reason, DateTimeOffset Minute, int Times, string[] Addresses);
}
