using Alur.Platform.Data;
using Alur.Platform.Leases;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Forgets sessions three months after they ran out; the audit keeps who signed in and when.</summary>
internal static class ForgetSessions
{
    private const string ForgetSql = "delete from identity.sessions where expires_at < now() - interval '90 days'";

    public static Task RunOnce(IServiceProvider services, LeaseGrant lease, CancellationToken ct) =>
        services.GetRequiredService<NpgsqlDataSource>().Statement(ForgetSql).Run(ct);
}
