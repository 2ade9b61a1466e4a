namespace Alur.Antrean.Tasks;

/// <summary>Why a task is not sent now.</summary>
/// <param name="Code">As stored in <c>antrean.tasks.held_reason</c>.</param>
/// <param name="Sentence">For people, in Indonesian first: the people who mend it read it.</param>
/// <param name="English">The same in English.</param>
/// <param name="Mender">Who can mend it.</param>
public sealed record HeldReason(string Code, string Sentence, string English, string Mender);

/// <summary>The closed set of reasons to hold a task; the table's check has the same codes.</summary>
public static class HeldReasons
{
    private const string Master = "master data";
    private const string Clinic = "clinic";
    private const string FrontOffice = "front office";
    private const string Administrator = "administrator";
    private const string NotAnyMore = "nobody: it stays unsent";
    private const string Nobody = "nobody: it passes by itself";

    /// <summary>Nothing stands against it; the hospital only observes.</summary>
    public const string Observed = "OBSERVE_MODE";

    /// <summary>Every reason.</summary>
    public static readonly IReadOnlyList<HeldReason> All =
    [
        new("CLINIC_UNMAPPED", "Poliklinik belum dipetakan ke kode BPJS.", "The clinic has no BPJS code in Khanza's mapping.", Master),
        new("DOCTOR_UNMAPPED", "Dokter belum dipetakan ke kode BPJS.", "The doctor has no BPJS code in Khanza's mapping.", Master),
        new("NO_SCHEDULE", "Tidak ada jadwal dokter untuk hari dan jam kunjungan.", "The doctor has no schedule that fits the visit's day and time.", Master),
        new("QUOTA_MISSING", "Kuota pada jadwal kosong atau nol.", "The schedule's quota is empty or zero.", Master),
        new("NO_REFERENCE", "Nomor rujukan atau surat kontrol belum ada.", "There is no referral or control letter number.", FrontOffice),
        new("TIME_UNREADABLE", "Jam registrasi di Khanza tidak terbaca.", "Khanza's time of registration cannot be read.", FrontOffice),
        new("VISIT_NOT_READ", "Waktu task sudah ada, kunjungannya belum terbaca.", "The task was seen before its visit.", Nobody),
        new("REGISTER_NOT_SENT", "Pendaftaran antrean belum diterima BPJS.", "BPJS does not have the registration yet.", FrontOffice),
        new("PREDECESSOR_MISSING", "Task sebelumnya belum ada atau masih tertahan.", "An earlier task is absent or held itself.", Clinic),
        new("PREDECESSOR_FAILED", "Task sebelumnya gagal dikirim.", "An earlier task failed.", Administrator),
        new("TIME_NOT_LATER", "Waktu task tidak lebih akhir dari task sebelumnya.", "The moment is not later than that of an earlier task.", Clinic),
        new("TIME_WRONG_DAY", "Waktu task bukan pada tanggal pelayanan.", "The moment is not on the day of service.", Clinic),
        new("TIME_IN_FUTURE", "Waktu task masih di masa depan.", "The moment lies in the future.", Nobody),
        new("NEW_PATIENT_NEEDS_ADMISSION_TASKS", "Pasien baru: task 1 dan 2 belum ada sumbernya.", "A new patient needs tasks 1 and 2 first, which have no source.", Administrator),
        new("CLINIC_EXCLUDED", "Poliklinik ini dikecualikan dari pengiriman.", "The clinic is excluded by configuration.", Administrator),
        new("OUTSIDE_SEND_FROM", "Kunjungan dimulai sebelum SendFrom, atau harinya sudah lewat: BPJS hanya menerima pendaftaran untuk hari ini atau sesudahnya.",
            "The visit began before SendFrom, or its day is over: BPJS takes registrations only for today or later.", NotAnyMore),
        new(Observed, "Mode observe: dihitung, tidak dikirim.", "Observe mode: computed, not sent.", Administrator),
    ];
}
