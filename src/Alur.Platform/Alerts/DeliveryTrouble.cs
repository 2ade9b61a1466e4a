using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Doctor;
using Alur.Platform.Webhooks;
using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>Destinations that are away, channels that a refusal has paused or that a person has left paused, lanes that wait for an operator.</summary>
internal sealed class DeliveryTrouble(NpgsqlDataSource db, AlertsOptions options) : IAlertSource
{
    // A breaker finds out with the next that waits: where nothing does, or a pause keeps it, nobody knows whether the destination is still away, and nothing is held up by it.
    // A pause of the program without an end says that settings are missing, which the start says. Whoever ordered one knows of it for some hours; the next
    // shift does not.
    private const string Trouble = $"""
        select 'away', c.name, b.last_error, 0::bigint
        from delivery.channels c join platform.breakers b on b.name = c.breaker
        where b.opened_at <= now() - @away and (c.paused_until is null or c.paused_until <= now())
          and exists (select from delivery.lanes l where l.channel = c.name and l.state = 'OPEN')
        union all
        select 'paused', c.name, c.paused_reason, 0
        from delivery.channels c
        where c.paused_until > now() and c.paused_until < 'infinity' and c.paused_by is null
        union all
        select 'forgotten', c.name, {PausedBecause.Sql}, 0
        from delivery.channels c
        where c.paused_until > now() and c.paused_by is not null and c.paused_at <= now() - @forgotten
        union all
        select 'parked', l.channel, null, count(*)
        from delivery.lanes l
        where l.state = 'PARKED'
        group by l.channel
        """;

    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(4);

    public string Prefix => "delivery.";

    public async Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct)
    {
        var names = await ReceiverNames.Read(db, ct);
        return await db.Statement(Trouble, ("away", options.OutageAfter), ("forgotten", ForgottenAfter)).Rows(
            row => Condition(row.GetString(0), row.GetString(1), names.Of(row.GetString(1)), row.Maybe<string>(2) ?? "", row.GetInt64(3)), ct);
    }

    private AlertCondition Condition(string kind, string channel, string name, string reason, long count) => kind switch
    {
        "away" => new(
            $"delivery.away:{channel}",
            $"{name} tidak menjawab selama lebih dari {options.OutageAfter.TotalMinutes:0.#} menit ({reason}). Tidak ada yang hilang: pengiriman dilanjutkan sendiri setelah pulih. Periksa jaringan atau pengumuman pihak tujuan.",
            $"{name} has not answered for more than {options.OutageAfter.TotalMinutes:0.#} {(options.OutageAfter == TimeSpan.FromMinutes(1) ? "minute" : "minutes")} ({reason}). Nothing is lost: sending goes on by itself when it is back. Check the network, or what the other side announces."),
        "paused" => new(
            $"delivery.paused:{channel}",
            $"{name} dihentikan sementara karena menolak kami: {reason} Periksa cons id, secret, user key dan jam server.",
            $"{name} is paused because it refuses us: {reason} Check the cons id, the secret, the user key and this server's clock."),
        "forgotten" => new(
            $"delivery.forgotten:{channel}",
            $"{name} dihentikan orang sejak lebih dari {ForgottenAfter.TotalHours} jam yang lalu: {reason} Tidak ada yang dikirim sampai dilanjutkan; periksa apakah masih dimaksudkan.",
            $"{name} was paused by a person more than {ForgottenAfter.TotalHours} hours ago: {reason} Nothing is sent until it is resumed; see whether that is still meant."),
        _ when HookNames.IsHook(channel) => new(
            $"delivery.parked:{channel}",
            $"{count} riwayat pada {name} berhenti karena ada pesan yang gagal dikirim. Lihat sebabnya di Admin → Webhook, lalu kirim lagi.",
            $"{count} {Words.Of(count, "history", "histories")} for {name} {Words.Of(count, "stands", "stand")} still behind a message that failed to reach it. See why under Admin → Webhooks, then send it again."),
        _ => new(
            $"delivery.parked:{channel}",
            $"{count} antrean pada {name} berhenti karena kiriman yang gagal. Lihat daftar kegagalan, perbaiki penyebabnya, lalu kirim ulang.",
            $"{count} {Words.Of(count, "queue")} of {name} {Words.Of(count, "stands", "stand")} still behind a failed delivery. See the list of failures, mend the cause, then requeue."),
    };
}
