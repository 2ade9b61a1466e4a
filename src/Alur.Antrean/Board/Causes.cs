using Alur.Antrean.Tasks;
using Alur.Platform.Doctor;

namespace Alur.Antrean.Board;

/// <summary>Why a visit or a task of it does not get to BPJS, with what to do about it.</summary>
/// <param name="Code">A held reason, <see cref="Causes.Failed"/> or <see cref="Causes.Undated"/>.</param>
/// <param name="Found">What it means.</param>
/// <param name="Do">What to do.</param>
/// <param name="Mender">Who can mend it, as in <see cref="HeldReason.Mender"/>.</param>
internal sealed record Cause(string Code, Words Found, Words Do, string Mender)
{
    /// <summary>The mender as a filter: its first words, joined.</summary>
    public string MenderFilter => Mender.Split(':')[0].Replace(' ', '-');

    /// <summary>Whether anybody should do something: it neither passes by itself, nor is lost, nor was set up so.</summary>
    public bool WantsSomebody => MenderFilter != "nobody" && Code is not ("CLINIC_EXCLUDED" or "OBSERVE_MODE");
}

/// <summary>The closed set of causes on the work list.</summary>
internal static class Causes
{
    /// <summary>BPJS refused a task, or its tries are used up.</summary>
    public const string Failed = "FAILED";

    /// <summary>A visit whose date cannot be read, so that it is in no day's figures.</summary>
    public const string Undated = "DATE_UNREADABLE";

    private static readonly Dictionary<string, Words> s_do = new(StringComparer.Ordinal)
    {
        ["CLINIC_UNMAPPED"] = new("Petakan polikliniknya di Khanza (Mapping Poli BPJS).", "Map the clinic in Khanza (Mapping Poli BPJS)."),
        ["DOCTOR_UNMAPPED"] = new("Petakan dokternya di Khanza (Mapping Dokter DPJP VClaim).", "Map the doctor in Khanza (Mapping Dokter DPJP VClaim)."),
        ["NO_SCHEDULE"] = new("Isi Jadwal Praktek dokter di Khanza untuk hari dan jam itu, sama seperti di HFIS.", "Enter the doctor's schedule in Khanza for that day and time, the same as in HFIS."),
        ["QUOTA_MISSING"] = new("Isi kuota di Jadwal Praktek Khanza.", "Enter the quota in the doctor's schedule in Khanza."),
        ["NO_REFERENCE"] = new("Lengkapi nomor rujukan atau surat kontrol kunjungan ini di Khanza.", "Enter the visit's referral or control letter number in Khanza."),
        ["TIME_UNREADABLE"] = new("Perbaiki jam registrasinya di Khanza.", "Mend the time of registration in Khanza."),
        ["VISIT_NOT_READ"] = new("Tidak perlu apa-apa; kunjungannya dibaca pada pembacaan berikutnya.", "Nothing; the visit is read with the next poll."),
        ["REGISTER_NOT_SENT"] = new("Terbitkan SEP-nya (pasien JKN), atau bereskan apa yang menahan pendaftarannya.", "Make its SEP (JKN patients), or mend what holds its registration."),
        ["PREDECESSOR_MISSING"] = new("Catat langkah yang terlewat di Khanza, atau bereskan apa yang menahannya.", "Record the step that was skipped in Khanza, or mend what holds it."),
        ["PREDECESSOR_FAILED"] = new("Bereskan task yang gagal; sisanya menyusul sendiri.", "Mend the task that failed; the rest follows by itself."),
        ["TIME_NOT_LATER"] = new("Perbaiki jam yang keliru di Khanza: setiap langkah harus lebih akhir dari yang sebelumnya.", "Mend the wrong time in Khanza: each step must be later than the one before."),
        ["TIME_WRONG_DAY"] = new("Perbaiki tanggal langkah itu di Khanza.", "Mend the date of that step in Khanza."),
        ["TIME_IN_FUTURE"] = new("Tidak perlu apa-apa; terkirim setelah waktunya tiba.", "Nothing; it is sent when its time has come."),
        ["NEW_PATIENT_NEEDS_ADMISSION_TASKS"] = new("Pendaftarannya tetap terkirim; task lainnya menunggu sampai task 1 dan 2 ada sumbernya.", "Its registration is sent all the same; the other tasks wait until there is a source for tasks 1 and 2."),
        ["CLINIC_EXCLUDED"] = new("Tidak perlu apa-apa bila memang dimaksud; jika tidak, hapus polikliniknya dari ExcludedClinics.", "Nothing if it is meant; otherwise take the clinic out of ExcludedClinics."),
        ["OUTSIDE_SEND_FROM"] = new("Tidak ada yang dapat dilakukan lagi.", "Nothing can be done any more."),
        ["OBSERVE_MODE"] = new("Bila laporan harian sudah benar, mulai mengirim di halaman Pengaturan.", "When the day's report is right, switch sending on, on the settings page."),
    };

    /// <summary>Every cause.</summary>
    public static readonly IReadOnlyList<Cause> All =
    [
        new(Failed, new("BPJS menolak, atau percobaannya habis.", "BPJS refused it, or its tries are used up."),
            new("Baca jawaban BPJS, perbaiki sebabnya, lalu kirim ulang dari halaman Pengiriman.", "Read BPJS's answer, mend the cause, then send again from the deliveries page."), "administrator"),
        new(Undated, new("Tanggal registrasi di Khanza tidak terbaca; kunjungan ini tidak ikut dihitung.", "The date of registration in Khanza cannot be read; the visit is left out of everything."),
            new("Perbaiki tanggal pendaftarannya di Khanza; pembacaan berikutnya memasukkannya.", "Mend the registration's date in Khanza; the next poll takes it in."), "front office"),
        .. HeldReasons.All.Select(reason => new Cause(reason.Code, new(reason.Sentence, reason.English), s_do[reason.Code], reason.Mender)),
    ];

    /// <summary>Those that the work list can show: what is only observed is not on it.</summary>
    public static readonly IReadOnlyList<Cause> OnWorkList = [.. All.Where(cause => cause.Code != HeldReasons.Observed)];

    private static readonly Dictionary<string, Cause> s_byCode = All.ToDictionary(cause => cause.Code, StringComparer.Ordinal);

    /// <summary>The menders as filters, with one of their causes' own words.</summary>
    public static readonly IReadOnlyList<(string Filter, string Mender)> Menders =
        [.. All.DistinctBy(cause => cause.MenderFilter, StringComparer.Ordinal).Select(cause => (cause.MenderFilter, cause.Mender)).Where(m => m.MenderFilter != "nobody"), ("nobody", "nobody")];

    /// <summary>The cause with this code.</summary>
    public static Cause Of(string code) => s_byCode[code];
}
