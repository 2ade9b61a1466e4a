using System.Globalization;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>
/// Decides what of the alerts people are told, and tells it by every configured channel. What begins is told at once, and so is its end. What is back within an hour is told
/// once more, and from then on as one: however often it comes and goes, of its end only when it has been away for an hour. So nobody believes it over while it is not, and
/// nobody gets more than four messages of one trouble within an hour.
/// </summary>
internal sealed class TellAlerts(DeliveryQueue queue, AlertsOptions options)
{
    // An end that is more than an hour ahead was recorded by a clock that has been set back since: how long ago it was, nobody knows, so nothing waits for it.
    private const string BeginSql = """
        with told as (
            insert into platform.told_alerts (alert_id, name, comes_back)
            select a.id, a.name, exists (select from platform.told_alerts t where t.name = a.name and t.over_at > a.raised_at - interval '1 hour' and t.over_at < a.raised_at + interval '1 hour')
            from platform.alerts a
            where a.cleared_at is null and not exists (select from platform.told_alerts t where t.name = a.name and t.over_at is null)
            order by a.id
            on conflict do nothing
            returning alert_id, comes_back, over_at
        )
        select a.id, a.name, a.text, a.raised_at, t.over_at, t.comes_back from told t join platform.alerts a on a.id = t.alert_id order by a.id
        """;

    private const string EndSql = """
        with ended as materialized (
            select t.alert_id, last.cleared_at
            from platform.told_alerts t
            cross join lateral (select a.cleared_at from platform.alerts a where a.name = t.name and a.id >= t.alert_id order by a.id desc limit 1) last
            where t.over_at is null and last.cleared_at is not null
              and not (t.comes_back and last.cleared_at > now() - interval '1 hour' and last.cleared_at < now() + interval '1 hour')
            order by t.alert_id
            for update of t
        ), told as (
            update platform.told_alerts t set over_at = e.cleared_at from ended e where t.alert_id = e.alert_id and t.over_at is null
            returning t.alert_id, t.comes_back, t.over_at
        )
        select a.id, a.name, a.text, a.raised_at, t.over_at, t.comes_back from told t join platform.alerts a on a.id = t.alert_id order by a.id
        """;

    /// <summary>In the transaction that records them.</summary>
    /// <returns>Whether there was anything to tell.</returns>
    public async Task<bool> Run(NpgsqlTransaction tx, CancellationToken ct)
    {
        List<NewDelivery> news = [.. await tx.Statement(BeginSql).Rows(Delivery, ct), .. await tx.Statement(EndSql).Rows(Delivery, ct)];
        if (news.Count == 0) return false;
        foreach (var channel in AlertChannels.Of(options)) await queue.Enqueue(tx, channel, news, ct);
        return true;
    }

    /// <summary>After the commit.</summary>
    public void Wake()
    {
        foreach (var channel in AlertChannels.Of(options)) queue.Wake(channel);
    }

    private NewDelivery Delivery(NpgsqlDataReader row)
    {
        var alert = new Alert(
            row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.Maybe<DateTimeOffset?>(4), options.Language, row.GetBoolean(5));
        return new(row.GetInt64(0).ToString("D12", CultureInfo.InvariantCulture), alert.IsOver ? 1 : 0, alert.ToPayload());
    }
}
