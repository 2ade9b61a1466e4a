using System.Data.Common;
using System.Globalization;
using Alur.Benchmarks.Poll;
using Alur.MariaDb;
using Alur.Simulators;

namespace Alur.Benchmarks.Latency;

/// <summary>What the hospital's desktop does while the clock runs: one commit at a time, at an even pace, each remembered with its instant.</summary>
internal sealed class Patients(MariaDbDataSource writer, HospitalClock clock, int first, LatencySize size)
{
    private const string Arrive = """
        insert into reg_periksa (no_reg, no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, p_jawab, stts, stts_daftar, status_lanjut, kd_pj)
        select lpad(seq % 1000, 3, '0'), concat('{day}/', lpad(seq, 6, '0')), '{day}', '{time}', concat('D', lpad(1 + seq % 20, 3, '0')), lpad(1 + seq % 20000, 6, '0'),
               concat('U', lpad(1 + seq % 20, 3, '0')), '-', 'Belum', 'Lama', 'Ralan', 'UMU' from seq_{first}_to_{last}
        """;

    // In the order of the tasks 3, 4 and 5.
    private static readonly string[] Steps =
    [
        """
        insert into mutasi_berkas (no_rawat, status, dikirim, diterima, kembali, tidakada, ranap)
        values ('{visit}', 'Sudah Dikirim', '{day} {time}', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00')
        """,
        "update mutasi_berkas set status = 'Sudah Diterima', diterima = '{day} {time}' where no_rawat = '{visit}'",
        "insert into pemeriksaan_ralan (no_rawat, tgl_perawatan, jam_rawat, tensi, keluhan, nip) values ('{visit}', '{day}', '{time}', '120/80', '-', 'D001')",
    ];

    /// <summary>When each was committed, by visit and BPJS's task number.</summary>
    public Dictionary<(string Visit, int Task), DateTimeOffset> Committed { get; } = [];

    /// <summary>Everybody comes at once; BPJS is to know them before the clock runs.</summary>
    public async Task Come(CancellationToken ct)
    {
        await using var connection = await writer.OpenConnectionAsync(ct);
        await Execute(connection, Arrive.Replace("{first}", $"{first}", StringComparison.Ordinal).Replace("{last}", $"{first + size.Patients - 1}", StringComparison.Ordinal), "", ct);
    }

    /// <summary>The tasks of all, first everybody's folder sent, then everybody's received, then everybody's note.</summary>
    public async Task Pass(CancellationToken ct)
    {
        await using var connection = await writer.OpenConnectionAsync(ct);
        var began = DateTimeOffset.UtcNow;
        for (var commit = 0; commit < size.Commits; commit++)
        {
            var (step, visit) = (commit / size.Patients, Visit(first + (commit % size.Patients)));
            var due = began + TimeSpan.FromSeconds((double)commit / size.PerSecond);
            // Khanza keeps whole seconds. Two tasks of a visit in the same one would be held, so a pass that fell behind does not catch up here.
            var later = Committed.GetValueOrDefault((visit, step + 2)) + TimeSpan.FromSeconds(1);
            var wait = (due > later ? due : later) - DateTimeOffset.UtcNow;
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, ct);
            await Execute(connection, Steps[step], visit, ct);
            Committed.Add((visit, step + 3), DateTimeOffset.UtcNow);
        }
    }

    private static string Visit(int number) => string.Create(CultureInfo.InvariantCulture, $"{FillKhanza.Day(Latencies.Today)}/{number:000000}");

    private async Task Execute(DbConnection connection, string sql, string visit, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql.Replace("{visit}", visit, StringComparison.Ordinal)
            .Replace("{day}", FillKhanza.Day(Latencies.Today), StringComparison.Ordinal)
            .Replace("{time}", clock.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await command.ExecuteNonQueryAsync(ct);
    }
}
