using System.Globalization;
using System.Text.RegularExpressions;

namespace Alur.Simulators.Bpjs;

/// <summary>What BPJS refuses, decided from plain values.</summary>
internal static partial class AntreanRules
{
    /// <summary>2015-01-01: earlier than any real queue; also catches seconds sent as milliseconds.</summary>
    private const long EarliestMoment = 1_420_070_400_000;
    private const long LatestMoment = 4_102_444_800_000;

    private static readonly int[] s_tasks = [1, 2, 3, 4, 5, 6, 7];

    /// <summary>A moment on Indonesia's western clock.</summary>
    public static DateTimeOffset InWib(long waktu) => DateTimeOffset.FromUnixTimeMilliseconds(waktu).ToOffset(HospitalTime.Wib);

    /// <summary>The first field of an <c>antrean/add</c> that is wrong, or null.</summary>
    public static string? BadField(CallRead call)
    {
        var jkn = call.Text("jenispasien") == "JKN";
        return new (string Field, bool Good)[]
        {
            ("kodebooking", call.Kodebooking is { Length: > 0 and <= 50 } code && !code.Any(char.IsWhiteSpace)),
            ("jenispasien", call.Text("jenispasien") is "JKN" or "NON JKN"),
            ("nomorkartu", jkn ? Matches("nomorkartu", CardNumber()) : Has("nomorkartu")),
            ("nik", jkn ? Matches("nik", PopulationNumber()) : Has("nik")),
            ("nohp", jkn ? Matches("nohp", Phone()) : Has("nohp")),
            ("kodepoli", Matches("kodepoli", ClinicCode())),
            ("namapoli", Filled("namapoli")),
            ("pasienbaru", call.Number("pasienbaru") is 0 or 1),
            ("norm", Filled("norm")),
            ("tanggalperiksa", Day(call) is not null),
            ("kodedokter", call.Number("kodedokter") is > 0),
            ("namadokter", Filled("namadokter")),
            ("jampraktek", Hours(call.Text("jampraktek"))),
            ("jeniskunjungan", call.Number("jeniskunjungan") is >= 1 and <= 4),
            ("nomorreferensi", Has("nomorreferensi")),
            ("nomorantrean", Filled("nomorantrean")),
            ("angkaantrean", call.Number("angkaantrean") is >= 0 and <= 99999),
            ("estimasidilayani", call.Number("estimasidilayani") is >= EarliestMoment and <= LatestMoment),
            ("sisakuotajkn", Quota("sisakuotajkn")),
            ("kuotajkn", Quota("kuotajkn")),
            ("sisakuotanonjkn", Quota("sisakuotanonjkn")),
            ("kuotanonjkn", Quota("kuotanonjkn")),
            ("keterangan", Has("keterangan")),
        }
        .FirstOrDefault(x => !x.Good).Field;

        bool Has(string field) => call.Text(field) is not null;
        bool Filled(string field) => !string.IsNullOrWhiteSpace(call.Text(field));
        bool Matches(string field, Regex form) => form.IsMatch(call.Text(field) ?? "");
        bool Quota(string field) => call.Number(field) is >= 0 and <= 99999;
    }

    /// <summary>The service date; null when it is none.</summary>
    public static DateOnly? Day(CallRead call) =>
        DateOnly.TryParseExact(call.Text("tanggalperiksa"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>What BPJS says to a new task, or null when it takes it. The order of these tests is ours; their texts are BPJS's.</summary>
    public static Answer? RefuseTask(DateOnly day, bool newPatient, bool cancelled, SortedList<int, long> known, int? taskid, long? waktu)
    {
        if (taskid is not { } task || (task != 99 && !s_tasks.Contains(task)))
        {
            return InventedAnswers.UnknownTask;
        }

        if (waktu is not { } moment || moment is < EarliestMoment or > LatestMoment)
        {
            return InventedAnswers.UnreadableTime;
        }

        return cancelled ? DocumentedAnswers.Cancelled
            : known.ContainsKey(task) ? DocumentedAnswers.DuplicateTask(task)
            : task == 99 ? null
            : RefuseOrder(newPatient, known, task, moment)
            ?? (DateOnly.FromDateTime(InWib(moment).DateTime) == day ? RefuseTime(known, task, moment) : DocumentedAnswers.WrongDay(moment, day));
    }

    private static Answer? RefuseOrder(bool newPatient, SortedList<int, long> known, int task, long moment)
    {
        if (known.Count > 0 && known.Keys[^1] > task)
        {
            var following = known.First(k => k.Key > task);
            return moment >= following.Value ? DocumentedAnswers.LaterThan(moment, following.Key, following.Value) : DocumentedAnswers.LastTask(known.Keys[^1]);
        }

        // Admission (1, 2) is asked of new patients only; everybody else begins with 3.
        var first = newPatient ? 1 : 3;
        return task > first && !known.ContainsKey(task - 1) ? DocumentedAnswers.TaskMissing(task - 1) : null;
    }

    private static Answer? RefuseTime(SortedList<int, long> known, int task, long moment)
    {
        var earlier = known.Where(k => k.Key < task).ToList();
        return earlier.Count > 0 && moment <= earlier[^1].Value ? DocumentedAnswers.NotLater(moment, earlier[^1].Value) : null;
    }

    private static bool Hours(string? text) =>
        text?.Split('-') is [var from, var to]
        && TimeOnly.TryParseExact(from, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var opens)
        && TimeOnly.TryParseExact(to, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var closes)
        && opens < closes;

    [GeneratedRegex("^[0-9]{13}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CardNumber();

    [GeneratedRegex("^[0-9]{16}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PopulationNumber();

    [GeneratedRegex(@"^\+?[0-9]{6,15}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Phone();

    [GeneratedRegex("^[A-Z0-9]{3}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ClinicCode();
}
