using Alur.MariaDb;
using Alur.Simulators.MariaDb;

namespace Alur.Benchmarks.MariaDb;

/// <summary>Invented visits with the columns, types and value lengths that a poll reads, in a database of the bench's own.</summary>
internal static class VisitTable
{
    public const string Columns =
        "no_rawat, no_reg, tgl_registrasi, jam_reg, kd_dokter, kd_poli, no_rkm_medis, stts, no_peserta, nm_pasien, dikirim, angkaantrean";

    /// <summary>As a poll asks: a range of the clustered key, bound as parameters, so that the rows travel in the binary protocol.</summary>
    public const string ByParameters = $"select {Columns} from visits where no_rawat between ? and ?";

    /// <summary>The same rows without a parameter, in the text protocol; also what the peer is asked.</summary>
    public const string ByText = $"select {Columns} from visits where no_rawat between '2026' and '2027'";

    private const string Create = """
        create table visits (
            no_rawat varchar(17) primary key, no_reg varchar(8), tgl_registrasi date, jam_reg time, kd_dokter varchar(20), kd_poli char(5),
            no_rkm_medis varchar(15), stts enum('Belum','Sudah','Batal'), no_peserta varchar(25), nm_pasien varchar(40), dikirim datetime,
            angkaantrean int) engine=innodb
        """;

    // Every seventh folder was never sent: a zero date. Every fifth patient has no card.
    private const string Fill = """
        insert into visits
        select concat('2026/', lpad(1 + seq div 10000, 2, '0'), '/', lpad(1 + seq div 400 % 25, 2, '0'), '/', lpad(seq, 6, '0')),
               lpad(seq % 400, 3, '0'), date '2026-01-01' + interval seq div 400 day, sec_to_time(25200 + seq * 7 % 36000),
               concat('D', lpad(seq % 120, 7, '0')), concat('U00', lpad(seq % 50, 2, '0')), lpad(seq * 37 % 500000, 6, '0'),
               elt(1 + seq % 3, 'Belum', 'Sudah', 'Batal'), if(seq % 5 = 0, null, lpad(seq * 7919, 13, '0')),
               concat('PASIEN CONTOH NOMOR ', seq), if(seq % 7 = 0, 0, timestamp '2026-01-01 07:00:00' + interval seq * 97 second), seq % 400
        from seq_1_to_{rows}
        """;

    /// <summary>Makes the database anew.</summary>
    public static async Task<MariaDbDatabase> Prepare(MariaDbServer server, int rows, CancellationToken ct)
    {
        var database = await server.CreateDatabase("alur_bench", "latin1", ct);
        await using var writer = new MariaDbDataSource(database.Writer);
        await Run(writer, Create, ct);
        await Run(writer, Fill.Replace("{rows}", $"{rows}", StringComparison.Ordinal), ct);
        await Run(writer, "analyze table visits", ct);
        return database;
    }

    private static async Task Run(MariaDbDataSource source, string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync(ct);
    }
}
