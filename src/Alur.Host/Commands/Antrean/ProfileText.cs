using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Alur.Antrean.Profiles;
using Alur.Antrean.Tasks;
using Alur.Host.Startup;
using Alur.Platform.Doctor;

namespace Alur.Host.Commands.Antrean;

/// <summary>The report of <c>alur antrean profile</c> for people: figures per task and source, what each choice would do, what to paste.</summary>
internal sealed class ProfileText(ProfileReport report, Language language, TextWriter console, NextCommand next)
{
    /// <summary>Fewer visits than this say nothing of the next ones: a single busy clinic would decide.</summary>
    private const int Enough = 100;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly CultureInfo _numbers = Spoken.Numbers(language);

    /// <summary>Writes everything.</summary>
    /// <param name="file">The configuration file that was read, which is the one to change; null: there is none.</param>
    public void Write(string? file)
    {
        Line(
            $"{report.Site}, {report.First:yyyy-MM-dd} s.d. {report.Last:yyyy-MM-dd}: {Count(report.Visits)} kunjungan rawat jalan, tanpa yang batal dan poliklinik yang dikecualikan.",
            $"{report.Site}, {report.First:yyyy-MM-dd} to {report.Last:yyyy-MM-dd}: {Count(report.Visits)} out-patient {Words.Of(report.Visits, "visit")}, without cancelled ones and excluded clinics.");
        Line("Dihitung menurut hari pelayanan seperti ./alur antrean report, bukan menurut tanggal dalam no_rawat.",
            "Counted by the day of service as in ./alur antrean report, not by the date in no_rawat.");
        if (report.Visits == 0)
        {
            Line($"Tidak ada kunjungan pada hari-hari ini. Pilih --days yang lebih panjang, atau periksa database yang dibaca dengan: {next.Of("doctor")}",
                $"There is no visit on these days. Choose more --days, or check which database is read with: {next.Of("doctor")}");
            return;
        }
        foreach (var task in report.Sources.GroupBy(s => s.Task, StringComparer.Ordinal))
            Task(task.Key, task);
        Outcomes();
        Advice(file);
    }

    private void Task(string task, IEnumerable<SourceFigures> sources)
    {
        console.WriteLine();
        Line($"Task {task}: {Meaning(task).Indonesian}", $"Task {task}: {Meaning(task).English}");
        foreach (var source in sources)
        {
            Line(
                $"  {source.Source,-36} ada {Share(source.Present)}  nol/tak terbaca {Share(source.Zero)}  bukan hari pelayanan {Share(source.WrongDay)}",
                $"  {source.Source,-36} present {Share(source.Present)}  zero/unreadable {Share(source.Zero)}  wrong day {Share(source.WrongDay)}");
            foreach (var pair in source.Before.Where(p => p.Both > 0))
            {
                Line(
                    $"      terhadap {pair.Source,-36} keduanya ada {Share(pair.Both)}  sama {Share(pair.Equal, pair.Both)}  terbalik {Share(pair.Reversed, pair.Both)}",
                    $"      against {pair.Source,-36} both {Share(pair.Both)}  equal {Share(pair.Equal, pair.Both)}  reversed {Share(pair.Reversed, pair.Both)}");
            }
        }
    }

    private void Outcomes()
    {
        console.WriteLine();
        Line("Kunjungan yang dapat dikirim lengkap (pendaftaran dan task 3, 4, 5):", "Visits that could be sent whole (registration and tasks 3, 4, 5):");
        foreach (var (names, outcome) in ChoiceText.Together(report.Named))
            Outcome(string.Join(", ", names.Select(name => $"\"{name}\"")), outcome);
        if (report.Current is { Name: null } current)
            Outcome(Say("pengaturan sekarang", "as configured now"), current);
        Outcome(Say("terbaik", "best"), report.Best);
    }

    private void Outcome(string name, ProfileOutcome outcome) => console.WriteLine(
        $"  {name,-23} {(outcome.Lacks.Count == 0 ? Share(outcome.Complete) : "-".PadLeft(7))}  {ChoiceText.Of(outcome).In(language)}");

    private void Advice(string? file)
    {
        console.WriteLine();
        if (report.Best.Complete == 0)
            Line("Tidak ada pilihan yang dapat mengirim satu kunjungan pun. Lihat penghalang di bawah:", "No choice could send a single visit whole. See what stands in the way:");
        else if (report.Visits < Enough)
            Line($"Hanya {Count(report.Visits)} kunjungan, terlalu sedikit untuk memilih (sekurang-kurangnya {Enough}). Ukur hari yang lebih banyak dengan --days, atau ulangi bila sudah lebih banyak: {next.Of("antrean profile")}",
                $"Only {Count(report.Visits)} {Words.Of(report.Visits, "visit")}, too few to choose by ({Enough} at least). Measure more --days, or again when there are more: {next.Of("antrean profile")}");
        else
            Paste(file);
        if (report.Best.Obstacles.Count > 0)
            Line("Sisanya akan tertahan pertama kali oleh:", "What would hold the rest first:");
        foreach (var obstacle in report.Best.Obstacles)
            console.WriteLine($"  {Share(obstacle.Visits)}  {(obstacle.Task == "1" ? Say("pendaftaran", "registration") : "task " + obstacle.Task)}: {Reason(obstacle.Reason)}");
    }

    private void Paste(string? file)
    {
        Line("Yang harus dilakukan: periksa apakah kolom-kolom itu memang berarti task tersebut di rumah sakit ini.",
            "What to do: make sure that these columns do mean these tasks at this hospital.");
        if (file is null)
        {
            Line("Lalu tempelkan ini ke sebuah file untuk --config:", "Then paste this into a file for --config:");
            console.WriteLine(report.Configuration.ToJsonString(Readable));
            return;
        }

        Line($"Lalu tulis ini di {file}, di dalam \"Antrean\", \"Sites\", \"{report.Site}\", menggantikan yang bernama sama:",
            $"Then write this in {file}, inside \"Antrean\", \"Sites\", \"{report.Site}\", in place of what has the same name:");
        foreach (var (name, value) in report.Configuration["Antrean"]!["Sites"]![report.Site]!.AsObject())
            console.WriteLine($"\"{name}\": {value!.ToJsonString(Readable)},");
    }

    private string Reason(string code) => code == Obstacle.NotObserved
        ? Say("tidak ada sumber yang terisi.", "no source has a moment.")
        : HeldReasons.All.FirstOrDefault(r => r.Code == code) is { } reason ? Say(reason.Sentence, reason.English) : code;

    private static Words Meaning(string task) => task switch
    {
        "3" => new("selesai di pendaftaran, mulai menunggu poliklinik", "registration done, the wait for the clinic begins"),
        "4" => new("pelayanan poliklinik mulai", "the clinic begins to serve"),
        _ => new("pelayanan poliklinik selesai", "the clinic is done"),
    };

    private string Share(int part) => Share(part, report.Visits);

    private string Share(int part, int whole) => (whole == 0 ? 0 : 100.0 * part / whole).ToString("0.0", _numbers).PadLeft(5) + " %";

    private string Count(int number) => number.ToString("N0", _numbers);

    private string Say(string indonesian, string english) => new Words(indonesian, english).In(language);

    private void Line(string indonesian, string english) => console.WriteLine(Say(indonesian, english));
}
