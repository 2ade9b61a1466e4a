using Npgsql;

namespace Alur.Antrean.Bpjs;

/// <summary>Whether an account is left alone at the moment, for calls that are no deliveries.</summary>
internal static class ChannelRest
{
    private const string Sql = """
        select coalesce(c.paused_until > now(), false) or coalesce(b.state = 'OPEN' and b.retry_at > now(), false)
        from delivery.channels c
        left join platform.breakers b on b.name = c.breaker
        where c.name = $1
        """;

    /// <summary>Paused, or its breaker is open and no probe may go yet; also when there is no such channel.</summary>
    public static async Task<bool> IsResting(NpgsqlDataSource db, string channel, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = channel });
        return await command.ExecuteScalarAsync(ct) is not false;
    }
}
