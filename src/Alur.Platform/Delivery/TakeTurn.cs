using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>A call that is no delivery takes its turn in the rate of the account, so that look-ups and deliveries together keep the limit, over all nodes.</summary>
internal static class TakeTurn
{
    private const string Take = $"""
        update delivery.channels c set tokens = {ClaimLanes.Bucket} - 1, tokens_at = greatest(c.tokens_at, now())
        where c.name = $1 and c.max_per_second is not null and {ClaimLanes.Bucket} >= 1
        returning true
        """;

    private const string Wait = $"""
        select greatest(0, (1 - {ClaimLanes.Bucket}) / c.max_per_second)::double precision
        from delivery.channels c where c.name = $1 and c.max_per_second is not null
        """;

    /// <summary>Waits until one more call may start, and counts it. An account without a limit never waits.</summary>
    public static async Task Run(NpgsqlDataSource db, string channel, CancellationToken ct)
    {
        while (true)
        {
            await using (var take = db.CreateCommand(Take))
            {
                take.Parameters.Add(new() { Value = channel });
                if (await take.ExecuteScalarAsync(ct) is not null) return;
            }

            await using var ask = db.CreateCommand(Wait);
            ask.Parameters.Add(new() { Value = channel });
            if (await ask.ExecuteScalarAsync(ct) is not double seconds) return;
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(0.005, seconds)), ct);
        }
    }
}
