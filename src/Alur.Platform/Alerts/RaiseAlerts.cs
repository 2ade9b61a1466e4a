using Alur.Platform.Texts;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>
/// Compares what is wrong now with the open alerts: new ones are recorded, those that nobody finds any more are closed, and both are told
/// in the same transaction. The same trouble is told once when it begins and once when it is over.
/// </summary>
internal sealed partial class RaiseAlerts(
    NpgsqlDataSource db, TellAlerts tell, IEnumerable<IAlertSource> sources, AlertsOptions options, ILogger<RaiseAlerts> log)
{
    private const string Compare = """
        with wrong as materialized (
            select w.name, w.text from unnest($1, $2) as w(name, text) order by w.name
        ), raised as (
            insert into platform.alerts (name, text)
            select w.name, w.text from wrong w
            on conflict (name) where cleared_at is null do nothing
            returning id, name, text, raised_at, cleared_at
        ), cleared as (
            update platform.alerts a set cleared_at = now()
            where a.cleared_at is null
              and a.name <> all(array(select w.name from wrong w))
              and exists (select 1 from unnest($3) as p(prefix) where starts_with(a.name, p.prefix))
            returning a.id, a.name, a.text, a.raised_at, a.cleared_at
        )
        select * from raised union all select * from cleared order by id
        """;

    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);

    /// <summary>How many alerts began and how many ended.</summary>
    public sealed record Result(int Raised, int Cleared);

    public async Task<Result> RunOnce(CancellationToken ct)
    {
        var (wrong, looked) = await Look(ct);
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var changes = await ReadChanges(connection, tx, wrong, looked, ct);
        var told = changes.Count > 0 ? await tell.Run(tx, changes, ct) : null;
        await tx.CommitAsync(ct);
        var english = wrong.ToLookup(w => w.Name, w => w.English, StringComparer.Ordinal);
        foreach (var (_, alert) in changes) Tell(alert, english[alert.Name].FirstOrDefault());
        if (told is not null) tell.Wake(told);
        return new Result(changes.Count(c => !c.Alert.IsOver), changes.Count(c => c.Alert.IsOver));
    }

    private async Task<(List<AlertCondition> Wrong, List<string> Looked)> Look(CancellationToken ct)
    {
        var wrong = new List<AlertCondition>();
        var looked = new List<string>();
        foreach (var source in sources)
        {
            try
            {
                wrong.AddRange(await source.Find(ct));
                looked.Add(source.Prefix);
                _failing.Remove(source.Prefix);
            }
            catch (Exception ex) when (ex is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                if (_failing.Add(source.Prefix)) CannotLook(log, source.Prefix, OutsideText.Clean(ex.Message));
            }
        }

        return (wrong, looked);
    }

    private async Task<List<(long Id, Alert Alert)>> ReadChanges(
        NpgsqlConnection connection, NpgsqlTransaction tx, List<AlertCondition> wrong, List<string> looked, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Compare, connection, tx);
        command.Parameters.Add(new() { Value = wrong.Select(w => w.Name).ToArray() });
        command.Parameters.Add(new() { Value = wrong.Select(w => options.Language == "en" ? w.English : w.Indonesian).ToArray() });
        command.Parameters.Add(new() { Value = looked.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var changes = new List<(long, Alert)>();
        while (await reader.ReadAsync(ct))
        {
            changes.Add((reader.GetInt64(0), new Alert(
                reader.GetString(1),
                reader.GetString(2),
                reader.GetFieldValue<DateTimeOffset>(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                options.Language)));
        }

        return changes;
    }

    // The log is English, whatever language people are told in. Of what is over nothing but that is left to say.
    private void Tell(Alert alert, string? english)
    {
        if (alert.IsOver) Over(log, alert.Name, alert.RaisedAt.UtcDateTime);
        else Began(log, alert.Name, english ?? alert.Text);
    }

    [LoggerMessage(1, LogLevel.Error, "Alert {Name}: {Text}")]
    private static partial void Began(ILogger logger, string name, string text);

    [LoggerMessage(2, LogLevel.Information, "Over: alert {Name}, which began at {Began:u}")]
    private static partial void Over(ILogger logger, string name, DateTime began);

    [LoggerMessage(3, LogLevel.Warning, "Cannot look for trouble of the sort {Prefix}: {Reason} It is tried again, and this line appears once until it succeeds.")]
    private static partial void CannotLook(ILogger logger, string prefix, string reason);
}
