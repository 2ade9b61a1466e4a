using Alur.Platform.Delivery;
using Alur.Platform.Doctor;
using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>Destinations that are away, channels that a refusal has paused or that a person has left paused, lanes that wait for an operator.</summary>
internal sealed class DeliveryTrouble(NpgsqlDataSource db, AlertsOptions options) : IAlertSource
{
    // A pause of the program without an end says that settings are missing, which the start says. Whoever ordered one knows of it for some hours; the next
    // shift does not.
    private const string Trouble = $"""
        select 'away', c.name, b.last_error, 0::bigint
        from delivery.channels c join platform.breakers b on b.name = c.breaker
        where b.opened_at <= now() - $1
        union all
        select 'paused', c.name, c.paused_reason, 0
        from delivery.channels c
        where c.paused_until > now() and c.paused_until < 'infinity' and c.paused_by is null
        union all
        select 'forgotten', c.name, {PausedBecause.Sql}, 0
        from delivery.channels c
        where c.paused_until > now() and c.paused_by is not null and c.paused_at <= now() - $2
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
        await using var command = db.CreateCommand(Trouble);
        command.Parameters.Add(new() { Value = options.OutageAfter });
        command.Parameters.Add(new() { Value = ForgottenAfter });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<AlertCondition>();
        while (await reader.ReadAsync(ct))
        {
            var reason = reader.IsDBNull(2) ? "" : reader.GetString(2);
            found.Add(Condition(reader.GetString(0), reader.GetString(1), reason, reader.GetInt64(3)));
        }

        return found;
    }

    private AlertCondition Condition(string kind, string channel, string reason, long count) => kind switch
    {
        "away" => new(
            $"delivery.away:{channel}",
            $"{channel} tidak menjawab selama lebih dari {options.OutageAfter.TotalMinutes:0.#} menit ({reason}). Tidak ada yang hilang: pengiriman dilanjutkan sendiri setelah pulih. Periksa jaringan atau pengumuman pihak tujuan.",
            $"{channel} has not answered for more than {options.OutageAfter.TotalMinutes:0.#} {(options.OutageAfter == TimeSpan.FromMinutes(1) ? "minute" : "minutes")} ({reason}). Nothing is lost: sending goes on by itself when it is back. Check the network, or what the other side announces."),
        "paused" => new(
            $"delivery.paused:{channel}",
            $"{channel} dihentikan sementara karena menolak kami: {reason} Periksa cons id, secret, user key dan jam server.",
            $"{channel} is paused because it refuses us: {reason} Check the cons id, the secret, the user key and this server's clock."),
        "forgotten" => new(
            $"delivery.forgotten:{channel}",
            $"{channel} dihentikan orang sejak lebih dari {ForgottenAfter.TotalHours} jam yang lalu: {reason} Tidak ada yang dikirim sampai dilanjutkan; periksa apakah masih dimaksudkan.",
            $"{channel} was paused by a person more than {ForgottenAfter.TotalHours} hours ago: {reason} Nothing is sent until it is resumed; see whether that is still meant."),
        _ => new(
            $"delivery.parked:{channel}",
            $"{count} antrean pada {channel} berhenti karena kiriman yang gagal. Lihat daftar kegagalan, perbaiki penyebabnya, lalu kirim ulang.",
            $"{count} {Words.Of(count, "queue")} of {channel} {Words.Of(count, "stands", "stand")} still behind a failed delivery. See the list of failures, mend the cause, then requeue."),
    };
}
