using Alur.Platform.Leases;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>Makes the attempts' partitions of this and the next months, long before they are needed.</summary>
internal static class EnsurePartitions
{
    private const string Ensure = "select delivery.ensure_partitions()";

    public static async Task RunOnce(IServiceProvider services, LeaseGrant grant, CancellationToken ct)
    {
        await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand(Ensure);
        await command.ExecuteNonQueryAsync(ct);
    }
}
