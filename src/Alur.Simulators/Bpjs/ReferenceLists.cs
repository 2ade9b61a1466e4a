using System.Globalization;

namespace Alur.Simulators.Bpjs;

/// <summary>The reference lists in BPJS's fields. Those of clinics and doctors really answer with code 1.</summary>
internal static class ReferenceLists
{
    private const string Schedule = "jadwaldokter/kodepoli/";

    private static readonly string[] s_days = ["MINGGU", "SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU"];

    /// <summary>The answer when the path is one of these lists; null when it is not.</summary>
    public static Answer? For(string path, HfisBook book) => path switch
    {
        "ref/poli" => One(book.Clinics.Select(c => new { nmpoli = c.ParentName, nmsubspesialis = c.Name, kdsubspesialis = c.Code, kdpoli = c.Parent })),
        "ref/dokter" => One(book.Doctors.Select(d => new { namadokter = d.Name, kodedokter = d.Code })),
        _ when path.StartsWith(Schedule, StringComparison.Ordinal) && path[Schedule.Length..].Split('/') is [var clinic, "tanggal", var date] => Hours(clinic, date, book),
        _ => null,
    };

    // Asked by the clinic; the rows name its sub-specialties.
    private static Answer Hours(string clinic, string date, HfisBook book)
    {
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return DocumentedAnswers.NoContent;
        }

        var weekday = day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek;
        var rows = from sub in book.Clinics
                   where sub.Parent == clinic
                   from hours in book.Hours
                   where hours.Clinic == sub.Code && (hours.Weekday == 0 || hours.Weekday == weekday)
                   select new
                   {
                       kodesubspesialis = sub.Code, hari = weekday, kapasitaspasien = hours.Capacity, libur = hours.Holiday ? 1 : 0,
                       namahari = s_days[(int)day.DayOfWeek], jadwal = string.Create(CultureInfo.InvariantCulture, $"{hours.From:HH:mm}-{hours.To:HH:mm}"),
                       namasubspesialis = sub.Name, namadokter = book.Doctors.FirstOrDefault(d => d.Code == hours.Doctor)?.Name ?? "",
                       kodepoli = sub.Parent, namapoli = sub.ParentName, kodedokter = hours.Doctor,
                   };
        return rows.ToList() is { Count: > 0 } list ? Answer.Of(list) : DocumentedAnswers.NoContent;
    }

    private static Answer One<T>(IEnumerable<T> list) => list.ToList() is { Count: > 0 } some ? new(200, 1, "Ok", some) : DocumentedAnswers.NoContent;
}
