namespace Alur.Platform.Doctor;

/// <summary>Next month's partitions are there before the month begins, and nothing fell into the default ones.</summary>
internal sealed class CheckPartitions : IDoctorCheck
{
    private const string Code = "postgres.partitions";

    // The default partitions may not be read by the server's role; their size may be asked by anybody.
    private const string Ask = """
        select p.name,
               to_regclass(p.name || '_' || to_char(date_trunc('month', now() at time zone 'UTC') + interval '1 month', 'YYYY_MM')) is not null,
               coalesce(pg_relation_size(to_regclass(p.name || '_default')), 0) = 0
        from unnest(array['delivery.attempts', 'audit.audit_logs', 'realtime.websocket_events']) as p(name)
        """;

    private static readonly Words MovedByServer =
        new("Server memindahkannya sendiri setiap hari: jalankan ./alur serve.", "The server moves them by itself every day: run ./alur serve.");

    private static readonly Words MovedByHand = new(
        "Sebagai alur_owner: pindahkan baris itu ke tabel sementara, buat partisi bulannya (select delivery.ensure_partitions()), lalu kembalikan.",
        "As alur_owner: move these rows to a table aside, make their month's partition (select delivery.ensure_partitions()), put them back.");

    public Words? OnlyWithDatabase { get; } = new("partisi", "partitions");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        await using var command = round.Database!.CreateCommand(Ask);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Finding> findings = [];
        while (await reader.ReadAsync(ct))
        {
            findings.AddRange(Look(reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2)));
        }
        return findings.Count > 0 ? findings : [Finding.Ok(Code, "Tempat untuk data bulan depan sudah siap.", "Room for next month's data is ready.")];
    }

    private static IEnumerable<Finding> Look(string table, bool next, bool emptyDefault)
    {
        if (!next)
        {
            yield return Finding.Warning(Code,
                new($"Partisi bulan depan dari {table} belum ada.", $"Next month's partition of {table} is not there."),
                new("Server membuatnya sendiri setiap hari: jalankan ./alur serve.", "The server makes it by itself every day: run ./alur serve."));
        }
        if (!emptyDefault)
        {
            yield return Finding.Warning(Code,
                new($"Partisi {table}_default berisi baris.", $"The partition {table}_default holds rows."),
                table == "delivery.attempts" ? MovedByHand : MovedByServer);
        }
    }
}
