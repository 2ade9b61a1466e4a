using System.Globalization;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Webhooks;
using Npgsql;

namespace Alur.Platform.Doctor;

/// <summary>What stands still in the delivery engine: parked lanes, paused channels, breakers that are not closed, old jobs.</summary>
internal sealed class CheckDelivery : IDoctorCheck
{
    private const string Parked = "select channel, count(*) from delivery.lanes where state = 'PARKED' group by channel order by channel";

    private const string Paused = $$"""
        select c.name, {{PausedBecause.Sql}}, case when isfinite(c.paused_until) then to_char(c.paused_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI"Z"') end
        from delivery.channels c where c.paused_until > now() order by c.name
        """;

    private const string NotClosed = """
        select c.name, b.state, coalesce(b.last_error, '')
        from platform.breakers b join delivery.channels c on c.breaker = b.name where b.state <> 'CLOSED' order by c.name
        """;

    // By the lanes: an open one is found by its index, and its waiting jobs by their key.
    private const string Old = """
        select l.channel, count(*), max(extract(epoch from now() - j.created_at) / 3600)::int
        from delivery.lanes l
        join delivery.jobs j on j.channel = l.channel and j.key = l.key and j.step >= l.head_step
        where l.state = 'OPEN' and j.state in ('PENDING', 'SENDING') and j.created_at < now() - interval '1 hour'
        group by l.channel order by l.channel
        """;

    public Words? OnlyWithDatabase { get; } = new("pengiriman yang macet", "deliveries that stand still");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        var names = await ReceiverNames.Read(round.Database!, ct);
        List<Finding> findings =
        [
            .. await Rows(round, Parked, (row, name) => HookNames.IsHook(row.GetString(0)) ? IsHeld(row, name) : IsParked(row, name), names, ct),
            .. await Rows(round, Paused, IsPaused, names, ct), .. await Rows(round, NotClosed, IsNotClosed, names, ct), .. await Rows(round, Old, IsOld, names, ct),
        ];
        findings.RemoveAll(f => round.Subject is not null && f.Subject != round.Subject);
        return findings.Count > 0 ? findings : [Finding.Ok("delivery", "Tidak ada pengiriman yang macet.", "No delivery is stuck.")];
    }

    private static Finding IsParked(NpgsqlDataReader row, string name) => Finding.Wrong("delivery.parked",
        new($"{name}: {Count(row)} kunjungan berhenti karena ada pengiriman yang gagal.", $"{name}: {Count(row)} {Words.Of(row.GetInt64(1), "visit stands", "visits stand")} still behind a failed delivery."),
        new("Lihat sebabnya di /api/antrean/failures, perbaiki, lalu antrekan lagi (requeue).", "See why in /api/antrean/failures, mend it, then requeue."));

    private static Finding IsHeld(NpgsqlDataReader row, string name) => Finding.Wrong("delivery.parked",
        new($"{name}: {Count(row)} riwayat berhenti karena ada pesan yang gagal dikirim ke webhook.", $"{name}: {Count(row)} {Words.Of(row.GetInt64(1), "history stands", "histories stand")} still behind a message that failed to reach its webhook."),
        new("Lihat sebabnya di /admin/webhooks, lalu kirim lagi.", "See why on /admin/webhooks, then send it again."));

    private static Finding IsPaused(NpgsqlDataReader row, string name)
    {
        // The module itself tells whether that is wrong.
        if (PausedBecause.KeysIn(row.GetString(1)) is { } keys)
        {
            return Finding.Warning("delivery.paused",
                new($"{name} belum dapat mengirim. Belum diatur ketika server dimulai: {keys}", $"{name} cannot send yet. Not configured when the server started: {keys}"),
                new("Isi di alur.json dan mulai ulang server; selama mode observe boleh menunggu.", "Set it in alur.json and restart the server; in observe mode it may wait."))
                with { Follows = row.GetString(0).Split(':')[0] };
        }

        var until = row.IsDBNull(2) ? null : row.GetString(2);
        return Finding.Wrong("delivery.paused",
            new($"{name} dijeda {(until is null ? "sampai dilanjutkan" : "sampai " + until)}: {row.GetString(1)}",
                $"{name} is paused until {until ?? "somebody resumes it"}: {row.GetString(1)}"),
            new("Perbaiki sebabnya; jeda yang dibuat orang dilanjutkan lewat API (resume).", "Mend the cause; a pause that a person made is ended through the API (resume)."));
    }

    private static Finding IsNotClosed(NpgsqlDataReader row, string name) => Finding.Warning("delivery.breaker",
        new($"{name}: pemutus arus {row.GetString(1)}: {row.GetString(2)}", $"{name}: the breaker is {row.GetString(1)}: {row.GetString(2)}"),
        new("Tujuan sedang terganggu; pengiriman dicoba lagi sendiri. Bila lama, hubungi pemilik tujuan.", "The destination is disturbed; delivery tries again by itself. If it lasts, call its owner."));

    private static Finding IsOld(NpgsqlDataReader row, string name) => Finding.Warning("delivery.old",
        new($"{name}: {Count(row)} pengiriman menunggu lebih dari satu jam, terlama {row.GetInt32(2)} jam.",
            $"{name}: {Count(row)} {Words.Of(row.GetInt64(1), "delivery has", "deliveries have")} waited for more than an hour, the oldest {row.GetInt32(2)} h."),
        new("Pastikan ./alur serve berjalan dan tujuan dapat dihubungi; lihat baris lain di sini.", "Make sure that ./alur serve runs and that the destination can be reached; see the other lines here."));

    private static string Count(NpgsqlDataReader row) => row.GetInt64(1).ToString(CultureInfo.InvariantCulture);

    // Of a receiver the name says whose it is; every other channel's last word is its hospital.
    private static async Task<List<Finding>> Rows(DoctorRound round, string sql, Func<NpgsqlDataReader, string, Finding> read, ReceiverNames names, CancellationToken ct) =>
        await round.Database!.Statement(sql).Rows(
            row => read(row, names.Of(row.GetString(0))) with { Subject = HookNames.IsHook(row.GetString(0)) ? null : row.GetString(0).Split(':')[^1] }, ct);
}
