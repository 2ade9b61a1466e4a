using System.Text.Json;
using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Audit;

/// <summary>What is looked for in the audit; all given conditions must hold.</summary>
/// <param name="UserId">Done by this account.</param>
/// <param name="PerformedBy">Done by <c>user:ID</c>, <c>api-key:NAME</c> or <c>system</c>.</param>
/// <param name="Action">One of the twelve actions.</param>
/// <param name="Resource">Done to this kind of thing.</param>
/// <param name="ResourceId">Done to this one.</param>
/// <param name="From">Not before this moment.</param>
/// <param name="To">Before this moment.</param>
public sealed record AuditFilter(
    [property: FromQuery(Name = "user_id"), JsonPropertyName("user_id")] Guid? UserId,
    [property: FromQuery(Name = "performed_by"), JsonPropertyName("performed_by")] string? PerformedBy,
    [property: FromQuery(Name = "action"), JsonPropertyName("action")] string? Action,
    [property: FromQuery(Name = "resource"), JsonPropertyName("resource")] string? Resource,
    [property: FromQuery(Name = "resource_id"), JsonPropertyName("resource_id")] string? ResourceId,
    [property: FromQuery(Name = "from"), JsonPropertyName("from")] DateTimeOffset? From,
    [property: FromQuery(Name = "to"), JsonPropertyName("to")] DateTimeOffset? To)
{
    internal UnknownAction? Mistake() => Action is null || AuditWords.All.Contains(Action, StringComparer.Ordinal) ? null : new UnknownAction(Action);
}

/// <summary>One entry of the audit.</summary>
/// <param name="Id">Of the entry.</param>
/// <param name="UserId">Whose account did it; null for API keys, the system, and accounts that are gone.</param>
/// <param name="Action">One of the twelve actions.</param>
/// <param name="Resource">To what kind of thing.</param>
/// <param name="ResourceId">To which one.</param>
/// <param name="OldValues">What changed, as it was, without secrets.</param>
/// <param name="NewValues">What changed, as it became, without secrets.</param>
/// <param name="IpAddress">Where the caller's connection came from.</param>
/// <param name="UserAgent">What the caller's program calls itself.</param>
/// <param name="Timestamp">When, by the database's clock.</param>
/// <param name="PerformedBy">Who, in words that stay when the account goes.</param>
/// <param name="ActorRole">Their role at that moment.</param>
public sealed record AuditRow(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("user_id")] Guid? UserId,
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("resource")] string Resource,
    [property: JsonPropertyName("resource_id")] string? ResourceId,
    [property: JsonPropertyName("old_values")] JsonElement? OldValues,
    [property: JsonPropertyName("new_values")] JsonElement? NewValues,
    [property: JsonPropertyName("ip_address")] string? IpAddress,
    [property: JsonPropertyName("user_agent")] string? UserAgent,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("performed_by")] string PerformedBy,
    [property: JsonPropertyName("actor_role")] string? ActorRole);

/// <summary>Where a page of the audit ended.</summary>
internal sealed record AuditKey(DateTimeOffset Timestamp, Guid Id)
{
    public static AuditKey Of(AuditRow row) => new(row.Timestamp, row.Id);
}

/// <summary>Reads the audit, newest first, behind a key.</summary>
internal static class AuditRows
{
    private const string Page = """
        select a.id, a.user_id, a.action, a.resource, a.resource_id, a.old_values, a.new_values, a.ip_address, a.user_agent, a.timestamp,
               a.performed_by, a.actor_role
        from audit.audit_logs a
        where (@user_id is null or a.user_id = @user_id)
          and (@performed_by is null or a.performed_by = @performed_by)
          and (@action is null or a.action = @action)
          and (@resource is null or a.resource = @resource)
          and (@resource_id is null or a.resource_id = @resource_id)
          and (@from is null or a.timestamp >= @from)
          and (@to is null or a.timestamp < @to)
          and (@after_at is null or (a.timestamp, a.id) < (@after_at, @after_id))
        order by a.timestamp desc, a.id desc
        limit @rows
        """;

    public static async Task<List<AuditRow>> Read(NpgsqlConnection connection, AuditFilter filter, AuditKey? after, int rows, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Page, connection);
        Add(command, "user_id", filter.UserId, NpgsqlDbType.Uuid);
        Add(command, "performed_by", filter.PerformedBy, NpgsqlDbType.Text);
        Add(command, "action", filter.Action, NpgsqlDbType.Text);
        Add(command, "resource", filter.Resource, NpgsqlDbType.Text);
        Add(command, "resource_id", filter.ResourceId, NpgsqlDbType.Text);
        Add(command, "from", filter.From?.UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(command, "to", filter.To?.UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(command, "after_at", after?.Timestamp.UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(command, "after_id", after?.Id, NpgsqlDbType.Uuid);
        Add(command, "rows", rows, NpgsqlDbType.Integer);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var page = new List<AuditRow>();
        while (await reader.ReadAsync(ct)) page.Add(Row(reader));
        return page;
    }

    private static AuditRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.Maybe<Guid?>(1),
        row.GetString(2),
        row.GetString(3),
        row.Maybe<string>(4),
        row.Maybe<JsonElement?>(5),
        row.Maybe<JsonElement?>(6),
        row.Maybe<string>(7),
        row.Maybe<string>(8),
        row.GetFieldValue<DateTimeOffset>(9),
        row.GetString(10),
        row.Maybe<string>(11));

    private static void Add(NpgsqlCommand command, string name, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new(name, type) { Value = value ?? DBNull.Value });
}
