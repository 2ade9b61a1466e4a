using System.Globalization;

namespace Alur.Simulators.Bpjs;

/// <summary>The reference lists: real clinic codes, invented doctors and hours. They really answer with code 1.</summary>
internal static class ReferenceLists
{
    private const string Schedule = "jadwaldokter/kodepoli/";

    private static readonly (string Code, string Name)[] s_clinics =
    [
        ("INT", "PENYAKIT DALAM"), ("ANA", "ANAK"), ("BED", "BEDAH"), ("OBG", "OBGYN"), ("MAT", "MATA"), ("THT", "THT-KL"), ("SAR", "SARAF"),
        ("JAN", "JANTUNG DAN PEMBULUH DARAH"), ("PAR", "PARU"), ("KLT", "KULIT KELAMIN"), ("JIW", "JIWA"), ("ORT", "ORTHOPEDI"), ("URO", "UROLOGI"),
        ("IRM", "REHABILITASI MEDIK"), ("BSY", "BEDAH SARAF"), ("GND", "GIGI"), ("RDO", "RADIOLOGI"), ("UMU", "UMUM"), ("IGD", "GAWAT DARURAT"), ("HDL", "HEMODIALISA"),
    ];

    private static readonly string[] s_days = ["MINGGU", "SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU"];

    /// <summary>The answer when the path is one of these lists; null when it is not.</summary>
    public static Answer? For(string path) => path switch
    {
        "ref/poli" => One(s_clinics.Select(c => new { nmpoli = c.Name, nmsubspesialis = c.Name, kdsubspesialis = c.Code, kdpoli = c.Code })),
        "ref/dokter" => One(s_clinics.Select((c, i) => new { namadokter = Doctor(c.Name), kodedokter = 900001 + i })),
        _ when path.StartsWith(Schedule, StringComparison.Ordinal) && path[Schedule.Length..].Split('/') is [var clinic, "tanggal", var date] => Hours(clinic, date),
        _ => null,
    };

    private static Answer Hours(string clinic, string date)
    {
        var at = Array.FindIndex(s_clinics, c => c.Code == clinic);
        if (at < 0 || !DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return DocumentedAnswers.NoContent;
        }

        var (code, name) = s_clinics[at];
        return Answer.Of(new[]
        {
            new
            {
                kodesubspesialis = code, hari = day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek, kapasitaspasien = 60, libur = 0,
                namahari = s_days[(int)day.DayOfWeek], jadwal = "08:00-16:00", namasubspesialis = name, namadokter = Doctor(name),
                kodepoli = code, namapoli = name, kodedokter = 900001 + at,
            },
        });
    }

    private static Answer One<T>(IEnumerable<T> list) => new(200, 1, "Ok", list.ToList());

    private static string Doctor(string clinic) => $"dr. Contoh {clinic}";
}
