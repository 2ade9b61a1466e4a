using System.Globalization;
using Alur.Antrean.FirstRun;
using Alur.Antrean.Profiles;
using Alur.Host.Startup;
using Alur.Platform.Doctor;

namespace Alur.Host.Commands.Antrean;

/// <summary>
/// The report of <c>alur antrean report</c> for people: first whether it is well, then what to mend and who, last what another profile would do. Where the
/// hospital's day is simulated, real moments are marked.
/// </summary>
internal sealed class ReportText(DayReport report, Language language, TextWriter console, NextCommand next, bool simulated)
{
    private const int ExamplesPerLine = 2;
    private const int MostUndated = 10;

    private static readonly Dictionary<string, Words> s_menders = new(StringComparer.Ordinal)
    {
        ["master data"] = new("petugas data master", "master data"),
        ["clinic"] = new("poliklinik", "the clinic"),
        ["front office"] = new("pendaftaran", "the front office"),
        ["administrator"] = new("administrator", "an administrator of Alur"),
        ["nobody: it stays unsent"] = new("tidak ada; tidak akan terkirim", "nobody: it stays unsent"),
        ["nobody: it passes by itself"] = new("tidak ada; selesai sendiri", "nobody: it passes by itself"),
    };

    private readonly CultureInfo _numbers = Spoken.Numbers(language);

    /// <summary>Writes everything.</summary>
    /// <param name="profiles">What each profile would do on that day; null: not known.</param>
    /// <param name="without">Why it is not known.</param>
    public void Write(ProfileReport? profiles, string? without)
    {
        Heading();
        if (report.Visits == 0)
        {
            Line($"Tidak ada kunjungan yang terbaca pada hari itu. Pastikan ./alur serve berjalan, lalu lihat: {next.Of("doctor")}",
                $"No visit of that day was read. Make sure that ./alur serve runs, then see: {next.Of("doctor")}");
            Undated();
            return;
        }
        Visits();
        Undated();
        Tasks();
        Reasons();
        Profiles(profiles, without);
    }

    private void Heading()
    {
        var observes = report.Mode == "observe";
        Line($"{report.Name} ({report.Site}), {report.Date:yyyy-MM-dd}: {(observes ? "yang akan dikirim ke BPJS. Mode observe: tidak ada yang dikirim." : "yang dikirim ke BPJS (mode send).")}",
            $"{report.Name} ({report.Site}), {report.Date:yyyy-MM-dd}: {(observes ? "what would be sent to BPJS. Mode observe: nothing is sent." : "what is sent to BPJS (mode send).")}");
        var read = report.LastPollAt is { } at ? TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(report.Zone)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : null;
        Line(read is null ? "Khanza belum pernah dibaca." : $"Khanza terakhir dibaca {read}{(simulated ? " (waktu nyata)" : "")}.{(report.DayOver ? "" : " Hari belum selesai: angka masih berubah.")}",
            read is null ? "Khanza was never read." : $"Khanza was last read {read}{(simulated ? " (real time)" : "")}.{(report.DayOver ? "" : " The day is not over: figures still change.")}");
        if (report.LastPollError is { } error)
            Line($"Pembacaan terakhir gagal: {error}", $"The last poll failed: {error}");
        if (report.Profile is null)
            Line($"Profil belum dipilih; dihitung dengan \"khanza\".", $"No profile was chosen; this is by \"khanza\".");
    }

    private void Visits()
    {
        console.WriteLine();
        Line($"{Count(report.Visits)} kunjungan:", $"{Count(report.Visits)} {Words.Of(report.Visits, "visit")}:");
        Part(report.Whole, "lengkap: pendaftaran dan semua task", "whole: registration and every task");
        Part(report.Unfinished, "belum lengkap: tidak ada yang menghalangi, tetapi ada task yang belum tercatat di Khanza", "unfinished: nothing stands against them, but a task is not in Khanza (yet)");
        Part(report.Held, "tertahan, lihat sebabnya di bawah", "held, see why below");
        Part(report.Failed, "gagal: ditolak BPJS, lihat /api/antrean/failures", "failed: BPJS refused, see /api/antrean/failures");
        Part(report.Cancelled, "batal atau dihapus di Khanza", "cancelled or deleted in Khanza");
        Part(report.Excluded, "di poliklinik yang dikecualikan (ExcludedClinics)", "in excluded clinics (ExcludedClinics)");
        if (report.WithoutVisit > 0)
            Line($"Selain itu {Count(report.WithoutVisit)} task yang kunjungannya tidak terbaca.", $"Besides, {Count(report.WithoutVisit)} {Words.Of(report.WithoutVisit, "task")} whose visit was not read.");
    }

    private void Undated()
    {
        if (report.Undated == 0)
            return;
        Line($"Selain itu {Count(report.Undated)} kunjungan tidak dibaca karena tgl_registrasi bukan tanggal yang dapat dibaca. Perbaiki tanggal pendaftarannya di Khanza → pendaftaran",
            $"Besides, {Count(report.Undated)} {Words.Of(report.Undated, "visit is", "visits are")} left out, because tgl_registrasi is no readable date. Mend the registration's date in Khanza → the front office");
        foreach (var line in report.UndatedVisits.Take(MostUndated).Chunk(ExamplesPerLine))
            console.WriteLine($"        {string.Join("; ", line.Select(v => $"{v.VisitId} ({v.Poli}, {v.Dokter})"))}");
        if (report.Undated > MostUndated)
            Line($"        dan {Count(report.Undated - MostUndated)} lagi, semuanya dengan --json", $"        and {Count(report.Undated - MostUndated)} more, all of them with --json");
    }

    private void Tasks()
    {
        console.WriteLine();
        Line($"Pendaftaran: {Count(report.RegisteredByUs)} oleh Alur{(report.OnSiteJkn == "desktop" ? $", {Count(report.RegisteredByDesktop)} oleh layar Khanza sendiri (OnSiteJkn = desktop)" : "")}. Panggilan ke BPJS seluruhnya: {Count(report.Calls)}.",
            $"Registrations: {Count(report.RegisteredByUs)} by Alur{(report.OnSiteJkn == "desktop" ? $", {Count(report.RegisteredByDesktop)} by Khanza's own screen (OnSiteJkn = desktop)" : "")}. Calls to BPJS in all: {Count(report.Calls)}.");
        var sends = report.Mode == "send";
        string[] heads = language == Language.Id
            ? ["Task", "tercatat", sends ? "menunggu" : "akan dikirim", "terkirim", "tertahan", "gagal", "tidak ada"]
            : ["Task", "observed", sends ? "waiting" : "would be sent", "sent", "held", "failed", "not there"];
        console.WriteLine($"  {heads[0],-12}{string.Concat(heads[1..].Select(h => h.PadLeft(15)))}");
        foreach (var t in report.Tasks)
            console.WriteLine($"  {t.Task + " " + t.Label,-12}{string.Concat(new[] { t.Observed, t.Sendable, t.Sent, t.Held, t.Failed, t.Missing }.Select(n => Count(n).PadLeft(15)))}");
    }

    private void Reasons()
    {
        if (report.Reasons.Count == 0)
            return;
        console.WriteLine();
        Line("Yang tertahan, menurut sebab pertamanya:", "What is held, by what holds it first:");
        foreach (var reason in report.Reasons)
        {
            var mender = s_menders.GetValueOrDefault(reason.MendedBy) ?? new(reason.MendedBy, reason.MendedBy);
            Line($"  {Count(reason.Visits),5} kunjungan, {Count(reason.Tasks)} task: {reason.Indonesian} [{reason.Reason}] → {mender.Indonesian}",
                $"  {Count(reason.Visits),5} {Words.Of(reason.Visits, "visit")}, {Count(reason.Tasks)} {Words.Of(reason.Tasks, "task")}: {reason.English} [{reason.Reason}] → {mender.English}");
            foreach (var line in reason.Examples.Chunk(ExamplesPerLine))
                console.WriteLine($"        {string.Join("; ", line.Select(Example))}");
            var rest = $"/api/antrean/tasks?state=held&reason={reason.Reason}&date={report.Date:yyyy-MM-dd}&site={report.Site}";
            if (reason.Visits > reason.Examples.Count)
                Line($"        dan {Count(reason.Visits - reason.Examples.Count)} lagi: {rest}",
                    $"        and {Count(reason.Visits - reason.Examples.Count)} more: {rest}");
        }
    }

    private void Profiles(ProfileReport? profiles, string? without)
    {
        console.WriteLine();
        if (profiles is null)
        {
            Line($"Apa yang diubah oleh pilihan profil tidak dapat dihitung: {without}", $"What the choice of the profile changes cannot be told: {without}");
            return;
        }
        Line($"Kunjungan yang lengkap menurut pilihan profil, dari {Count(profiles.Visits)} kunjungan hari itu yang sekarang ada di Khanza, tanpa yang batal dan poliklinik yang dikecualikan:",
            $"Visits that would be whole by the choice of the profile, of the {Count(profiles.Visits)} {Words.Of(profiles.Visits, "visit")} of that day that {Words.Of(profiles.Visits, "is", "are")} in Khanza now, without cancelled ones and excluded clinics:");
        foreach (var (names, outcome) in ChoiceText.Together(profiles.Named))
            Outcome(string.Join(", ", names.Select(name => $"\"{name}\"{(name == report.Profile ? Say(" (sekarang)", " (now)") : "")}")), outcome);
        if (profiles.Current is { Name: null } current)
            Outcome(Say("pengaturan sekarang", "as configured now"), current);
        Outcome(Say("pilihan terbaik", "best choice"), profiles.Best);
        Line($"Satu hari terlalu sedikit untuk memilih; ukur 30 hari dengan: {next.Of("antrean profile")}", $"One day is too little to choose by; measure 30 with: {next.Of("antrean profile")}");
    }

    private void Outcome(string name, ProfileOutcome outcome) => console.WriteLine(
        $"  {name,-34}{(outcome.Lacks.Count == 0 ? Count(outcome.Complete) : "-"),7}   {ChoiceText.Of(outcome).In(language)}");

    private string Example(HeldExample e) =>
        $"{e.VisitId} task {e.Task}{(e.Absent is { } absent ? Say($", task {absent} tidak ada di Khanza", $", task {absent} is not in Khanza") : "")} ({e.Poli}, {e.Dokter})";

    private void Part(int visits, string indonesian, string english)
    {
        if (visits > 0)
            Line($"  {Count(visits),7}  {indonesian}", $"  {Count(visits),7}  {english}");
    }

    private string Count(int number) => number.ToString("N0", _numbers);

    private string Say(string indonesian, string english) => new Words(indonesian, english).In(language);

    private void Line(string indonesian, string english) => console.WriteLine(Say(indonesian, english));
}
