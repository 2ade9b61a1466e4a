using System.Globalization;
using Alur.Platform.Data;
using Alur.Platform.Journal;
using Npgsql;

namespace Alur.Platform.Doctor;

/// <summary>Consumers of the journal that stand still, and whoever has appended and not ended: everybody who follows waits for them.</summary>
internal sealed class CheckJournal(TimeSpan? patience = null) : IDoctorCheck
{
    // A prepared transaction has no session; it is found by its own number, which it holds locked. Of another role's session only the number may be seen.
    private const string Holders = """
        select coalesce(x.gid, a.pid::text, l.virtualtransaction), x.gid is not null, coalesce(a.application_name, ''), coalesce(a.usename, x.owner, ''),
               extract(epoch from clock_timestamp() - coalesce(x.prepared, a.xact_start))::int
        from pg_locks l
        left join pg_stat_activity a on a.pid = l.pid
        left join lateral (
            select p.gid, p.owner, p.prepared
            from pg_locks t
            join pg_prepared_xacts p on p.transaction = t.transactionid
            where l.pid is null and t.locktype = 'transactionid' and t.pid is null and t.virtualtransaction = l.virtualtransaction
        ) x on true
        where l.locktype = 'relation' and l.relation = 'journal.entries'::regclass and l.mode = 'RowExclusiveLock' and l.granted
          and l.database = (select d.oid from pg_database d where d.datname = current_database())
          and coalesce(coalesce(x.prepared, a.xact_start) < clock_timestamp() - @patience, true)
        order by 5 desc nulls last
        """;

    // An append belongs at the end of a short transaction; half a minute is long after its end.
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(30);

    public Words? OnlyWithDatabase { get; } = new("yang menahan jurnal", "who holds up the journal");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        var consumers = await new JournalConsumers(round.Database!, []).List(ct);
        List<Finding> findings =
        [
            .. consumers.Where(consumer => consumer.State == "FAILED").Select(HasFailed),
            .. consumers.Where(consumer => consumer.WaitsSince is not null).Select(Waits),
            .. await round.Database!.Statement(Holders, ("patience", _patience)).Rows(Holds, ct),
        ];
        return findings.Count > 0 ? findings : [Finding.Ok("journal", "Tidak ada yang menahan jurnal.", "Nobody holds up the journal.")];
    }

    private static Finding HasFailed(ConsumerStatus consumer) => Finding.Wrong("journal.consumer",
        new($"Pembaca jurnal {consumer.Name} berhenti di entri {consumer.FailedPosition}: {consumer.Error}", $"The journal consumer {consumer.Name} stopped at the entry {consumer.FailedPosition}: {consumer.Error}"),
        new($"Perbaiki sebabnya, lalu: ./alur journal resume {consumer.Name}", $"Mend the cause, then: ./alur journal resume {consumer.Name}"));

    private static Finding Waits(ConsumerStatus consumer)
    {
        var (name, why, waiting) = (consumer.Name, consumer.WaitsFor, consumer.Waits());
        var since = consumer.WaitsSince!.Value.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
        return Finding.Warning("journal.waits",
            new($"Pembaca jurnal {name} menunggu sejak {since}: {why} {waiting.Indonesian}", $"The journal consumer {name} has waited since {since}: {why} {waiting.English}"),
            new("Tidak ada yang hilang; dilanjutkan sendiri begitu tujuannya menjawab.", "Nothing is lost; it goes on by itself as soon as whoever it tells answers."));
    }

    private static Finding Holds(NpgsqlDataReader row)
    {
        var (who, prepared) = (row.GetString(0), row.GetBoolean(1));
        var since = row.Maybe<int?>(4);
        var (id, en) = prepared ? ($"Transaksi {who} yang sudah disiapkan (two-phase)", $"The prepared transaction {who}") : ($"Sesi {who} ({row.GetString(2)}, peran {row.GetString(3)})", $"The session {who} ({row.GetString(2)}, role {row.GetString(3)})");
        return Finding.Warning("journal.tail",
            new($"{id} menahan jurnal{(since is null ? "" : $" selama {since} detik")}: yang mengikutinya menunggu.", $"{en} holds up the journal{(since is null ? "" : $" for {since} s")}: everybody who follows it waits."),
            prepared
                ? new($"Selesaikan: commit prepared '{who}' atau rollback prepared '{who}'.", $"End it: commit prepared '{who}' or rollback prepared '{who}'.")
                : new($"Tunggu sampai selesai; bila macet: select pg_terminate_backend({who}).", $"Wait until it is done; if it hangs: select pg_terminate_backend({who})."));
    }
}
