namespace Alur.Platform.Doctor;

/// <summary>Next month's partition of the attempts is there before the month begins, and nothing fell into the default one.</summary>
internal sealed class CheckPartitions : IDoctorCheck
{
    private const string Code = "postgres.partitions";

    // The default partition may not be read by the server's role; its size may be asked by anybody.
    private const string Ask = """
        select to_regclass('delivery.attempts_' || to_char(date_trunc('month', now() at time zone 'UTC') + interval '1 month', 'YYYY_MM')) is not null,
               coalesce(pg_relation_size(to_regclass('delivery.attempts_default')), 0) = 0
        """;

    public bool NeedsDatabase => true;

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        await using var command = round.Database!.CreateCommand(Ask);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (next, emptyDefault) = (reader.GetBoolean(0), reader.GetBoolean(1));
        List<Finding> findings = [];
        if (!next)
        {
            findings.Add(Finding.Warning(Code,
                new("Partisi bulan depan dari delivery.attempts belum ada.", "Next month's partition of delivery.attempts is not there."),
                new("Server membuatnya sendiri setiap hari: jalankan ./alur serve.", "The server makes it by itself every day: run ./alur serve.")));
        }
        if (!emptyDefault)
        {
            findings.Add(Finding.Warning(Code,
                new("Partisi delivery.attempts_default berisi baris.", "The partition delivery.attempts_default holds rows."),
                new("Sebagai alur_owner: pindahkan baris itu ke tabel sementara, buat partisi bulannya (select delivery.ensure_partitions()), lalu kembalikan.",
                    "As alur_owner: move these rows to a table aside, make their month's partition (select delivery.ensure_partitions()), put them back.")));
        }
        return findings.Count > 0 ? findings : [Finding.Ok(Code, "Partisi bulan depan ada, partisi default kosong.", "Next month's partition is there, the default one is empty.")];
    }
}
