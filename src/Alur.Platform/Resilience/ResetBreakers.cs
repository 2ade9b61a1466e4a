using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Npgsql;

namespace Alur.Platform.Resilience;

/// <summary>
/// Closes breakers because somebody knows better: calls go out again at once and the count of failures begins anew. Results of calls that began before
/// do not count, a probe that is out included. What the outage failed goes out again, as when a breaker closes by itself.
/// </summary>
internal sealed class ResetBreakers(NpgsqlDataSource db, IEnumerable<IDeliveryChannel> channels, WakeUps wakeUps)
{
    private const string ReadNames = "select name from platform.breakers where $1::text is null or name = $1 order by name";
    private const string ReadChannels = "select name from delivery.channels where breaker = any($1) order by name";

    private static readonly AuditResource Resource = new("resilience");

    public static async Task<Answer<IReadOnlyList<ResetBreaker>>> Handle(
        HttpContext http, ResetBreakers reset, CancellationToken ct, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] Request? request = null) =>
        await reset.Run(request?.Name, http.AuditOrigin(), ct);

    /// <summary>Resets one breaker, or all of them. Refused: <c>BREAKER_NOT_FOUND</c>.</summary>
    /// <param name="name">Which one; null: all.</param>
    /// <param name="origin">Who asks, for the audit and the modules' histories.</param>
    /// <param name="ct">Cancels the whole of it.</param>
    public async Task<Result<IReadOnlyList<ResetBreaker>>> Run(string? name, AuditOrigin origin, CancellationToken ct)
    {
        var done = new List<ResetBreaker>();
        string[] gated;
        await using (var connection = await db.OpenConnectionAsync(ct))
        await using (var tx = await connection.BeginTransactionAsync(ct))
        {
            var locked = await BreakerRows.Lock(connection, tx, await Names(tx, ReadNames, name, ct), ct);
            if (locked.Count == 0 && name is not null) return new BreakerNotFound(name);
            foreach (var before in locked)
            {
                var after = before.Value.Reset();
                await BreakerRows.Save(connection, tx, before.Name, after, ct);
                done.Add(new ResetBreaker(before.Name, BreakerRows.Word(before.Value.State), BreakerRows.Word(after.State), await Requeue(tx, before.Name, origin, ct)));
            }

            await WriteAudit.Run(tx, origin, [.. locked.Select(Entry)], ct);
            gated = await Names(tx, ReadChannels, locked.Select(b => b.Name).ToArray(), ct);
            await tx.CommitAsync(ct);
        }

        foreach (var channel in gated) wakeUps.Wake(channel);
        return done;
    }

    private async Task<int> Requeue(NpgsqlTransaction tx, string breaker, AuditOrigin origin, CancellationToken ct)
    {
        var jobs = 0;
        foreach (var handler in channels.OrderBy(c => c.Kind, StringComparer.Ordinal))
        {
            var some = await RequeueFailed.Run(tx.Connection!, tx, handler.Kind, handler.RequeueEffects, new RequeueFilter(), breaker, origin.Actor.Label, ct);
            jobs += some.Values.Sum();
        }

        return jobs;
    }

    private static AuditEntry Entry(LockedBreaker before) => new(
        AuditAction.Update,
        Resource,
        before.Name,
        new { State = BreakerRows.Word(before.Value.State), ConsecutiveFailures = before.Value.Failures, before.Value.OpenedAt, before.Value.LastError },
        new { State = BreakerRows.Word(BreakerState.Closed), ConsecutiveFailures = 0 });

    private static async Task<string[]> Names(NpgsqlTransaction tx, string sql, object? value, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, tx.Connection, tx);
        command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var names = new List<string>();
        while (await reader.ReadAsync(ct)) names.Add(reader.GetString(0));
        return [.. names];
    }

    /// <summary>Which breaker; without a body, or without a name, all of them.</summary>
    /// <param name="Name">As listed, such as <c>bpjs:default</c>.</param>
    public sealed record Request([property: JsonPropertyName("name"), StringLength(100, MinimumLength = 1)] string? Name = null);
}

/// <summary>A breaker that was reset.</summary>
/// <param name="Name">Of the service's account.</param>
/// <param name="PreviousState">What it was.</param>
/// <param name="State">What it is: <c>CLOSED</c>.</param>
/// <param name="RequeuedJobs">Deliveries that the outage had failed and that go out again.</param>
public sealed record ResetBreaker(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("previous_state")] string PreviousState,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("requeued_jobs")] int RequeuedJobs);

internal sealed record BreakerNotFound(string Name) : NotFound(
    "BREAKER_NOT_FOUND", $"There is no breaker '{Name}'. GET /api/admin/resilience lists them.", "name");
