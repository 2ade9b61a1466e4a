using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>
/// Counts calls that a channel made beside its jobs' own, such as look-ups, towards the calls per second of its destination. Nothing waits for
/// it: the next claims come later instead.
/// </summary>
public sealed class SpendCalls(NpgsqlDataSource db)
{
    private const string Spend = $"""
        update delivery.channels c set tokens = {ClaimLanes.Bucket} - $2, tokens_at = greatest(c.tokens_at, now())
        where c.name = $1 and c.max_per_second is not null
        """;

    /// <summary>Counts them; a channel without such a limit counts nothing.</summary>
    public async Task Run(string channel, int calls, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Spend);
        command.Parameters.Add(new() { Value = channel });
        command.Parameters.Add(new() { Value = calls });
        await command.ExecuteNonQueryAsync(ct);
    }
}
