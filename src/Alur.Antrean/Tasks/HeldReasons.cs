namespace Alur.Antrean.Tasks;

/// <summary>Why a task is held, for people: a sentence in both languages and the role that can mend it.</summary>
/// <param name="Code">As in <c>antrean.tasks.held_reason</c>.</param>
/// <param name="Indonesian">One sentence.</param>
/// <param name="English">The same sentence.</param>
/// <param name="MendedBy">Role, see <see cref="Mender"/>.</param>
internal sealed record HeldReason(string Code, string Indonesian, string English, string MendedBy);

/// <summary>Who can mend what holds a task.</summary>
internal static class Mender
{
    /// <summary>Mappings, schedules and quotas in Khanza.</summary>
    public const string KhanzaAdmin = "khanza-admin";

    /// <summary>Registration, references and SEP.</summary>
    public const string FrontOffice = "front-office";

    /// <summary>The clinic that records when a patient was called and finished.</summary>
    public const string Clinic = "clinic";

    /// <summary>Whoever runs this server.</summary>
    public const string Operator = "operator";
}

/// <summary>The closed set of reasons, in the words of the table's constraint.</summary>
internal static class HeldReasons
{
    public static readonly IReadOnlyDictionary<string, HeldReason> All = new HeldReason[]
    {
        new("CLINIC_UNMAPPED",
            "Poliklinik belum dipetakan ke kode poli BPJS.",
            "The clinic is not mapped to a BPJS clinic code.", Mender.KhanzaAdmin),
        new("DOCTOR_UNMAPPED",
            "Dokter belum dipetakan ke kode dokter BPJS (HFIS).",
            "The doctor is not mapped to a BPJS (HFIS) doctor code.", Mender.KhanzaAdmin),
        new("NO_SCHEDULE",
            "Dokter tidak mempunyai jadwal praktik di poliklinik ini pada hari tersebut.",
            "The doctor has no schedule in this clinic on that day.", Mender.KhanzaAdmin),
        new("NO_REFERENCE",
            "Nomor rujukan, surat kontrol atau SEP belum ada.",
            "There is no referral, control letter or SEP number yet.", Mender.FrontOffice),
        new("QUOTA_MISSING",
            "Kuota pada jadwal dokter kosong atau nol.",
            "The quota in the doctor's schedule is empty or zero.", Mender.KhanzaAdmin),
        new("VISIT_NOT_READ",
            "Waktu tugas sudah terbaca, tetapi kunjungannya belum; akan dicoba lagi pada pembacaan berikutnya.",
            "The task's time was read but its visit was not yet; the next poll tries again.", Mender.Operator),
        new("REGISTER_NOT_SENT",
            "Pendaftaran antrean kunjungan ini belum diterima BPJS.",
            "BPJS has not accepted this visit's registration yet.", Mender.FrontOffice),
        new("PREDECESSOR_MISSING",
            "Tugas sebelumnya belum tercatat di Khanza.",
            "The task before this one is not recorded in Khanza.", Mender.Clinic),
        new("PREDECESSOR_FAILED",
            "Tugas sebelumnya gagal dikirim; perbaiki atau kirim ulang tugas itu dahulu.",
            "The task before this one failed; mend or requeue that one first.", Mender.Operator),
        new("TIME_NOT_LATER",
            "Waktunya tidak lebih akhir daripada waktu tugas sebelumnya; perbaiki di Khanza.",
            "Its time is not later than that of the task before it; correct it in Khanza.", Mender.Clinic),
        new("TIME_WRONG_DAY",
            "Waktunya bukan pada tanggal pelayanan; perbaiki di Khanza.",
            "Its time is not on the day of service; correct it in Khanza.", Mender.Clinic),
        new("TIME_IN_FUTURE",
            "Waktunya masih di masa depan; periksa jam komputer yang mencatatnya.",
            "Its time is still in the future; check the clock of the computer that recorded it.", Mender.Clinic),
        new("NEW_PATIENT_NEEDS_ADMISSION_TASKS",
            "Pasien baru memerlukan tugas admisi 1 dan 2, yang belum mempunyai sumber waktu.",
            "A new patient needs admission tasks 1 and 2, which have no source of times yet.", Mender.Operator),
        new("CLINIC_EXCLUDED",
            "Poliklinik ini dikecualikan dari pengiriman menurut konfigurasi.",
            "This clinic is excluded from sending by configuration.", Mender.Operator),
        new("OUTSIDE_SEND_FROM",
            "Kunjungan ini lebih awal daripada waktu mulai pengiriman (SendFrom).",
            "This visit began before the configured start of sending (SendFrom).", Mender.Operator),
        new("OBSERVE_MODE",
            "Mode observasi: semuanya dihitung dan ditampilkan, tidak ada yang dikirim.",
            "Observe mode: everything is computed and shown, nothing is sent.", Mender.Operator),
    }.ToDictionary(reason => reason.Code, StringComparer.Ordinal);
}
