using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Resilience;

/// <summary>Every outside service behind a breaker, as all nodes see it at this moment.</summary>
internal static class ListBreakers
{
    private const string Sql = """
        select b.name, b.state, b.consecutive_failures, b.consecutive_successes, b.failures_to_open, b.successes_to_close, b.open_for,
               b.opened_at, b.retry_at, b.changed_at, b.last_error,
               array(select c.name from delivery.channels c where c.breaker = b.name order by c.name) as channels,
               (select count(*) from delivery.jobs j join delivery.channels c on c.name = j.channel
                where c.breaker = b.name and j.fingerprint is not null and j.outage) as failed_jobs
        from platform.breakers b
        order by b.name
        """;

    public static async Task<Answer<IReadOnlyList<BreakerRow>>> Handle(NpgsqlDataSource database, CancellationToken ct) => await Run(database, ct);

    /// <summary>All of them, by name.</summary>
    public static Task<List<BreakerRow>> Run(NpgsqlDataSource database, CancellationToken ct) => database.Statement(Sql).Rows(Row, ct);

    private static BreakerRow Row(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetInt32(2),
        row.GetInt32(3),
        row.GetInt32(4),
        row.GetInt32(5),
        row.GetTimeSpan(6).TotalSeconds,
        row.Maybe<DateTimeOffset?>(7),
        row.Maybe<DateTimeOffset?>(8),
        row.GetFieldValue<DateTimeOffset>(9),
        row.Maybe<string>(10),
        row.GetFieldValue<string[]>(11),
        row.GetInt64(12));
}

/// <summary>The breaker before one outside service.</summary>
/// <param name="Name">Of the service's account, such as <c>bpjs:default</c>.</param>
/// <param name="State"><c>CLOSED</c>: calls go out; <c>OPEN</c>: none do; <c>HALF_OPEN</c>: one at a time, to find out.</param>
/// <param name="ConsecutiveFailures">While CLOSED: calls that found the service down, one after the other.</param>
/// <param name="ConsecutiveSuccesses">While HALF_OPEN: calls that went well, one after the other.</param>
/// <param name="FailureThreshold">So many failures open it.</param>
/// <param name="SuccessThreshold">So many successes close it.</param>
/// <param name="ResetTimeoutSeconds">How long it stays OPEN before a call may find out.</param>
/// <param name="OpenedAt">Since when it has not been CLOSED.</param>
/// <param name="RetryAt">OPEN: when a call may find out.</param>
/// <param name="ChangedAt">When the state last changed.</param>
/// <param name="LastError">What the service, or the way to it, said last.</param>
/// <param name="Channels">The deliveries that it gates.</param>
/// <param name="FailedJobs">Deliveries that used up their tries while the service was down; they go out again when it closes.</param>
public sealed record BreakerRow(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("consecutive_failures")] int ConsecutiveFailures,
    [property: JsonPropertyName("consecutive_successes")] int ConsecutiveSuccesses,
    [property: JsonPropertyName("failure_threshold")] int FailureThreshold,
    [property: JsonPropertyName("success_threshold")] int SuccessThreshold,
    [property: JsonPropertyName("reset_timeout_seconds")] double ResetTimeoutSeconds,
    [property: JsonPropertyName("opened_at")] DateTimeOffset? OpenedAt,
    [property: JsonPropertyName("retry_at")] DateTimeOffset? RetryAt,
    [property: JsonPropertyName("changed_at")] DateTimeOffset ChangedAt,
    [property: JsonPropertyName("last_error")] string? LastError,
    [property: JsonPropertyName("channels")] IReadOnlyList<string> Channels,
    [property: JsonPropertyName("failed_jobs")] long FailedJobs);
