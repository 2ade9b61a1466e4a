using Alur.Platform.Data;
using Alur.Platform.Texts;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>
/// Compares what is wrong now with the open alerts: new ones are recorded, those that nobody finds any more are closed, and what people are told of that goes to the alerts'
/// channels in the same transaction. Then people get it in their lists.
/// </summary>
internal sealed partial class RaiseAlerts(
    NpgsqlDataSource db, TellAlerts tell, NotifyAdmins people, IEnumerable<IAlertSource> sources, AlertsOptions options, ILogger<RaiseAlerts> log)
{
    // A database whose clock was set back may end something before it began; the record and its constraint have it end as it began.
    private const string Compare = """
        with wrong as materialized (
            select w.name, w.text from unnest(@names, @texts) as w(name, text) order by w.name
        ), raised as (
            insert into platform.alerts (name, text)
            select w.name, w.text from wrong w
            on conflict (name) where cleared_at is null do nothing
            returning id, name, text, raised_at, cleared_at
        ), cleared as (
            update platform.alerts a set cleared_at = greatest(now(), a.raised_at)
            where a.cleared_at is null
              and a.name <> all(array(select w.name from wrong w))
              and exists (select 1 from unnest(@looked) as p(prefix) where starts_with(a.name, p.prefix))
            returning a.id, a.name, a.text, a.raised_at, a.cleared_at
        )
        select * from raised union all select * from cleared order by id
        """;

    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private bool _unnotified;

    /// <summary>How many alerts began and how many ended.</summary>
    public sealed record Result(int Raised, int Cleared);

    public async Task<Result> RunOnce(CancellationToken ct)
    {
        var (wrong, looked) = await Look(ct);
        var changes = await Record(wrong, looked, ct);
        var english = wrong.ToLookup(w => w.Name, w => w.English, StringComparer.Ordinal);
        foreach (var alert in changes) Tell(alert, english[alert.Name].FirstOrDefault());
        await Notify(ct);
        return new Result(changes.Count(c => !c.IsOver), changes.Count(c => c.IsOver));
    }

    private async Task<List<Alert>> Record(List<AlertCondition> wrong, List<string> looked, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var changes = await ReadChanges(tx, wrong, looked, ct);
        var told = await tell.Run(tx, ct);
        await tx.CommitAsync(ct);
        if (told) tell.Wake();
        return changes;
    }

    // Their lists hold up nothing: what cannot be written now is written by the next look.
    private async Task Notify(CancellationToken ct)
    {
        try
        {
            await people.RunOnce(ct);
            _unnotified = false;
        }
        catch (Exception ex) when (ex is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            if (!_unnotified) CannotNotify(log, OutsideText.Clean(ex.Message));
            _unnotified = true;
        }
    }

    private async Task<(List<AlertCondition> Wrong, List<string> Looked)> Look(CancellationToken ct)
    {
        var wrong = new List<AlertCondition>();
        var looked = new List<string>();
        foreach (var source in sources.Where(one => one.Looks))
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

    private Task<List<Alert>> ReadChanges(NpgsqlTransaction tx, List<AlertCondition> wrong, List<string> looked, CancellationToken ct) => tx.Statement(
        Compare,
        ("names", wrong.Select(w => w.Name).ToArray()), ("texts", wrong.Select(w => options.Language == "en" ? w.English : w.Indonesian).ToArray()), ("looked", looked.ToArray()))
        .Rows(row => new Alert(row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.Maybe<DateTimeOffset?>(4), options.Language), ct);

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

    [LoggerMessage(4, LogLevel.Warning, "Alerts cannot be put into the lists of people: {Reason} They are recorded and went to the channels of Alerts; it is tried again, and this line appears once until it succeeds.")]
    private static partial void CannotNotify(ILogger logger, string reason);
}
