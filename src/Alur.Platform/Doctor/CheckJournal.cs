using System.Globalization;
using Alur.Platform.Journal;
using Npgsql;

namespace Alur.Platform.Doctor;

/// <summary>Consumers of the journal that stand still, and whoever has appended and not ended: everybody who follows waits for them.</summary>
internal sealed class CheckJournal(TimeSpan? patience = null) : IDoctorCheck
{
    private const string Failed = "select name, failed_position, error from journal.consumers where state = 'FAILED' order by name";

    private const string Waiting = """
        select c.name, to_char(c.waits_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI"Z"'), c.waits_for,
               (select count(*)::int from (select from journal.entries e where e.position > c.position limit 10000) ahead)
        from journal.consumers c where c.waits_since is not null order by c.name
        """;

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
          and coalesce(coalesce(x.prepared, a.xact_start) < clock_timestamp() - $1, true)
        order by 5 desc nulls last
        """;

    // An append belongs at the end of a short transaction; half a minute is long after its end.
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(30);

    public Words? OnlyWithDatabase { get; } = new("yang menahan jurnal", "who holds up the journal");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        List<Finding> findings = [.. await Rows(round, Failed, HasFailed, ct), .. await Rows(round, Waiting, Waits, ct), .. await Rows(round, Holders, Holds, ct, _patience)];
        return findings.Count > 0 ? findings : [Finding.Ok("journal", "Tidak ada yang menahan jurnal.", "Nobody holds up the journal.")];
    }

    private static Finding HasFailed(NpgsqlDataReader row) => Finding.Wrong("journal.consumer",
        new($"Pembaca jurnal {row.GetString(0)} berhenti di entri {Number(row, 1)}: {row.GetString(2)}", $"The journal consumer {row.GetString(0)} stopped at the entry {Number(row, 1)}: {row.GetString(2)}"),
        new($"Perbaiki sebabnya, lalu: ./alur journal resume {row.GetString(0)}", $"Mend the cause, then: ./alur journal resume {row.GetString(0)}"));

    private static Finding Waits(NpgsqlDataReader row)
    {
        var (name, since, why, waiting) = (row.GetString(0), row.GetString(1), row.GetString(2), ConsumerStatus.WaitingOf(row.GetInt32(3)));
        return Finding.Warning("journal.waits",
            new($"Pembaca jurnal {name} menunggu sejak {since}: {why} {waiting.Indonesian}", $"The journal consumer {name} has waited since {since}: {why} {waiting.English}"),
            new("Tidak ada yang hilang; dilanjutkan sendiri begitu tujuannya menjawab.", "Nothing is lost; it goes on by itself as soon as whoever it tells answers."));
    }

    private static Finding Holds(NpgsqlDataReader row)
    {
        var (who, prepared) = (row.GetString(0), row.GetBoolean(1));
        var since = row.IsDBNull(4) ? null : Number(row, 4);
        var (id, en) = prepared ? ($"Transaksi {who} yang sudah disiapkan (two-phase)", $"The prepared transaction {who}") : ($"Sesi {who} ({row.GetString(2)}, peran {row.GetString(3)})", $"The session {who} ({row.GetString(2)}, role {row.GetString(3)})");
        return Finding.Warning("journal.tail",
            new($"{id} menahan jurnal{(since is null ? "" : $" selama {since} detik")}: yang mengikutinya menunggu.", $"{en} holds up the journal{(since is null ? "" : $" for {since} s")}: everybody who follows it waits."),
            prepared
                ? new($"Selesaikan: commit prepared '{who}' atau rollback prepared '{who}'.", $"End it: commit prepared '{who}' or rollback prepared '{who}'.")
                : new($"Tunggu sampai selesai; bila macet: select pg_terminate_backend({who}).", $"Wait until it is done; if it hangs: select pg_terminate_backend({who})."));
    }

    private static string Number(NpgsqlDataReader row, int column) => Convert.ToInt64(row.GetValue(column), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    private static async Task<List<Finding>> Rows(DoctorRound round, string sql, Func<NpgsqlDataReader, Finding> read, CancellationToken ct, params object[] values)
    {
        await using var command = round.Database!.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var findings = new List<Finding>();
        while (await reader.ReadAsync(ct)) findings.Add(read(reader));
        return findings;
    }
}
