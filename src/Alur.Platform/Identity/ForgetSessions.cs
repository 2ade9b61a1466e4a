using Alur.Platform.Data;
using Alur.Platform.Leases;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Forgets sessions three months after they ran out, and devices that nobody signs in with any more; the audit keeps who signed in and when.</summary>
internal static class ForgetSessions
{
    private const string ForgetSql = "delete from identity.sessions where expires_at < now() - interval '90 days'";

    private const string DevicesSql = "delete from identity.known_devices where last_at < now() - make_interval(days => @days)";

    public static async Task RunOnce(IServiceProvider services, LeaseGrant lease, CancellationToken ct)
    {
        var database = services.GetRequiredService<NpgsqlDataSource>();
        await database.Statement(ForgetSql).Run(ct);
        await database.Statement(DevicesSql, ("days", KnownDevices.Days)).Run(ct);
    }
}
