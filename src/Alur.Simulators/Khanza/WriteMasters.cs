using System.Data.Common;
using System.Globalization;

namespace Alur.Simulators.Khanza;

/// <summary>Writes the hospital's own tables (clinics, doctors, mappings, schedules) into the empty schema.</summary>
internal static class WriteMasters
{
    private static readonly string[] Weekdays = ["SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU", "AKHAD"];

    /// <summary>All of them in the transaction, one multi-row statement per table.</summary>
    public static async Task Run(DbTransaction transaction, HospitalDay day, CancellationToken ct)
    {
        foreach (var sql in Statements(Quota(day)))
        {
            await using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    // Every value comes from this project's own constants, so literals are safe; quotes and backslashes in names are doubled.
    private static IEnumerable<string> Statements(int quota)
    {
        yield return Insert("penjab (kd_pj, png_jawab)", [$"('{Hospital.BpjsPayer}', 'BPJS Kesehatan')", $"('{Hospital.OwnPayer}', 'Umum')", "('-', '-')"]);
        yield return Insert("poliklinik (kd_poli, nm_poli)", Hospital.Clinics.Select(c => $"('{c.Code}', '{Quoted(c.Name)}')"));
        yield return Insert("dokter (kd_dokter, nm_dokter)", Hospital.AllDoctors.Select(d => $"('{d.Code}', '{Quoted(d.Name)}')"));
        yield return Insert("maping_poli_bpjs (kd_poli_rs, kd_poli_bpjs, nm_poli_bpjs)",
            Hospital.Clinics.Where(c => c.BpjsCode is not null).Select(c => $"('{c.Code}', '{c.BpjsCode}', '{Quoted(c.Name)}')"));
        yield return Insert("maping_dokter_dpjpvclaim (kd_dokter, kd_dokter_bpjs, nm_dokter_bpjs)",
            Hospital.AllDoctors.Where(d => d.BpjsCode is not null).Select(d => $"('{d.Code}', '{d.BpjsCode}', '{Quoted(d.Name)}')"));
        yield return Insert("jadwal (kd_dokter, hari_kerja, jam_mulai, jam_selesai, kd_poli, kuota)",
            from d in Hospital.AllDoctors
            from weekday in Weekdays
            from slot in d.HasHours ? Hospital.Slots : [(default, default)]
            let seats = d.HasQuota ? quota.ToString(CultureInfo.InvariantCulture) : slot == Hospital.Slots[0] ? "0" : "null"
            select string.Create(CultureInfo.InvariantCulture, $"('{d.Code}', '{weekday}', '{slot.From:HH':'mm':'ss}', '{slot.To:HH':'mm':'ss}', '{d.ClinicCode}', {seats})"));
    }

    // Nobody is turned away on a friendly day: room for the busiest doctor and ten more.
    internal static int Quota(HospitalDay day)
    {
        var busiest = day.Visits.GroupBy(v => v.Doctor.Code).Select(g => g.Count()).DefaultIfEmpty(0).Max();
        return Math.Max(60, ((busiest / 10) + 2) * 10);
    }

    private static string Insert(string into, IEnumerable<string> rows) => $"insert into {into} values {string.Join(", ", rows)}";

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
}
