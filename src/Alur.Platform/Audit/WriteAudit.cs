using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Audit;

/// <summary>
/// Writes what was done in the transaction that does it: either both are there afterwards or neither. Ids and the moment are ours and the
/// database's, so that a caller can neither choose nor repeat them.
/// </summary>
public static class WriteAudit
{
    private const string Insert = """
        insert into audit.audit_logs
            (id, user_id, action, resource, resource_id, old_values, new_values, ip_address, user_agent, performed_by, actor_role, retention)
        select e.id, $1, e.action, e.resource, e.resource_id, e.old_values::jsonb, e.new_values::jsonb, $2, $3, $4, $5, e.retention
        from unnest($6, $7, $8, $9, $10, $11, $12) as e(id, action, resource, resource_id, old_values, new_values, retention)
        """;

    /// <summary>In the caller's transaction.</summary>
    public static async Task Run(NpgsqlTransaction tx, AuditOrigin origin, IReadOnlyList<AuditEntry> entries, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Insert, tx.Connection, tx);
        command.Parameters.Add(UserId(origin));
        Add(command, origin.IpAddress);
        Add(command, origin.UserAgent);
        Add(command, origin.Actor.Label);
        Add(command, origin.Role);
        command.Parameters.Add(new() { Value = entries.Select(_ => Guid.CreateVersion7()).ToArray() });
        AddAll(command, entries.Select(e => (string?)e.Action.Word()));
        AddAll(command, entries.Select(e => (string?)e.Resource.Name));
        AddAll(command, entries.Select(e => e.ResourceId));
        AddAll(command, entries.Select(e => Redact.Json(e.OldValues)));
        AddAll(command, entries.Select(e => Redact.Json(e.NewValues)));
        AddAll(command, entries.Select(e => (string?)(e.Resource.Class == AuditClass.Medical ? "medical" : "general")));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>In the caller's transaction.</summary>
    public static Task Run(NpgsqlTransaction tx, AuditOrigin origin, AuditEntry entry, CancellationToken ct) => Run(tx, origin, [entry], ct);

    private static NpgsqlParameter UserId(AuditOrigin origin) => new()
    {
        Value = origin.Actor.Kind == Identity.ActorKind.User && Guid.TryParse(origin.Actor.Id, out var id) ? id : DBNull.Value,
        NpgsqlDbType = NpgsqlDbType.Uuid,
    };

    private static void Add(NpgsqlCommand command, string? value) =>
        command.Parameters.Add(new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    private static void AddAll(NpgsqlCommand command, IEnumerable<string?> values) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
}
