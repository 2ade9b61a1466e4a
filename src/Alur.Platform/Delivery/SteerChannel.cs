using Alur.Platform.Audit;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>Closes or opens a channel's gate because somebody said so, and writes down who, in one transaction.</summary>
internal static class SteerChannel
{
    // The lock makes "as it was" what this change replaced, whoever else steers at the same moment.
    private const string Swap = """
        with before as materialized (
            select c.name, c.paused_until, c.paused_reason from delivery.channels c where c.name = $1 for update
        ), changed as (
            update delivery.channels c
            set paused_until = case when $3::text is not null then coalesce($2::timestamptz, 'infinity') end, paused_reason = $3,
                paused_by = case when $3::text is not null then $4 end, paused_at = case when $3::text is not null then now() end
            from before b
            where c.name = b.name
        )
        select coalesce(b.paused_until > now(), false), nullif(b.paused_until, 'infinity'), b.paused_reason from before b
        """;

    private static readonly AuditResource Resource = new("delivery_channels");

    /// <summary>Makes the gate what is asked for.</summary>
    /// <returns>Whether there is such a channel.</returns>
    public static async Task<bool> Run(NpgsqlDataSource db, string channel, Gate wanted, AuditOrigin origin, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await Change(connection, tx, channel, wanted, origin.Actor.Label, ct) is not { } before) return false;
        await WriteAudit.Run(tx, origin, new AuditEntry(AuditAction.Update, Resource, channel, before, wanted), ct);
        await tx.CommitAsync(ct);
        return true;
    }

    private static async Task<Gate?> Change(NpgsqlConnection connection, NpgsqlTransaction tx, string channel, Gate wanted, string by, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, tx);
        batch.BatchCommands.Add(Sql.Command(Swap, channel)
            .WithNullable(wanted.PausedUntil?.UtcDateTime, NpgsqlDbType.TimestampTz)
            .WithNullable(StorableText.Plain(wanted.PausedReason), NpgsqlDbType.Text)
            .With(by));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;
        return reader.GetBoolean(0)
            ? new Gate(Paused: true, await reader.IsDBNullAsync(1, ct) ? null : reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2))
            : new Gate(Paused: false, PausedUntil: null, PausedReason: null);
    }

    /// <summary>A channel's gate; the names are those that the API shows.</summary>
    internal sealed record Gate(bool Paused, DateTimeOffset? PausedUntil, string? PausedReason);
}
