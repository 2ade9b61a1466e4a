using Alur.Platform.Doctor;

namespace Alur.Antrean.References;

/// <summary>A way in which the hospital's mappings and schedules are not those of BPJS.</summary>
/// <param name="Code">As in the list.</param>
/// <param name="Found">What it means; the first sentence stands alone.</param>
/// <param name="Do">What to do about it.</param>
/// <param name="Mender">Who can do it.</param>
internal sealed record DifferenceKind(string Code, Words Found, Words Do, string Mender);

/// <summary>The closed set of differences.</summary>
internal static class DifferenceKinds
{
    private const string Master = "master data";
    private const string Hfis = "HFIS operator";

    private static readonly Words s_file = new(
        "Ajukan jadwal yang benar di HFIS (berlaku mulai besok), atau perbaiki Jadwal Praktek di Khanza.",
        "File the right schedule in HFIS (in force from tomorrow), or mend the doctor's schedule in Khanza.");

    private static readonly Words s_check = new(
        "Pastikan kodenya memang yang dimaksud; bila ya, ambil namanya sekali lagi di layar mapping Khanza.",
        "Make sure that the code is the one that is meant; if so, take the name over again in Khanza's mapping screen.");

    /// <summary>Every kind, those that BPJS is most likely to refuse visits for first.</summary>
    public static readonly IReadOnlyList<DifferenceKind> All =
    [
        new("CLINIC_UNKNOWN_AT_BPJS", new("Kode poli yang dipetakan tidak ada di referensi BPJS", "The clinic's mapped code is not in BPJS's list"),
            new("Petakan lagi di Khanza (Mapping Poli BPJS) dengan kode subspesialis BPJS.", "Map it anew in Khanza (Mapping Poli BPJS), to a sub-specialty code of BPJS."), Master),
        new("DOCTOR_UNKNOWN_AT_BPJS", new("Kode dokter yang dipetakan tidak ada di referensi dokter BPJS", "The doctor's mapped code is not in BPJS's list of doctors"),
            new("Petakan lagi di Khanza (Mapping Dokter DPJP VClaim), atau daftarkan dokternya di HFIS.", "Map the doctor anew in Khanza (Mapping Dokter DPJP VClaim), or have the doctor entered in HFIS."), Master),
        new("DOCTOR_WITHOUT_SCHEDULE", new("Dokter tidak punya jadwal HFIS pada hari itu di poli itu", "The doctor has no HFIS schedule on that day in that clinic"), s_file, Hfis),
        new("CLOSED_AT_BPJS", new("Menurut HFIS dokter libur pada hari itu", "By HFIS the doctor is away on that day"), s_file, Hfis),
        new("HOURS_DIFFER", new("Jam praktek di Khanza bukan jam di HFIS", "The hours in Khanza are not those in HFIS"), s_file, Hfis),
        new("QUOTA_DIFFERS", new("Kuota di Khanza bukan kapasitas di HFIS", "The quota in Khanza is not the capacity in HFIS"), s_file, Hfis),
        new("SCHEDULE_NOT_IN_KHANZA", new("Jadwal HFIS tidak ada di Khanza", "A schedule in HFIS is not in Khanza"),
            new("Tambahkan di Jadwal Praktek Khanza (dokternya harus dipetakan), atau hapus dari HFIS.", "Add it to the doctors' schedules in Khanza (the doctor must be mapped), or remove it from HFIS."), Master),
        new("CLINIC_NAME_DIFFERS", new("Nama poli di mapping bukan nama BPJS untuk kode itu", "The clinic's name in the mapping is not BPJS's name for that code"), s_check, Master),
        new("DOCTOR_NAME_DIFFERS", new("Nama dokter di mapping bukan nama BPJS untuk kode itu", "The doctor's name in the mapping is not BPJS's name for that code"), s_check, Master),
    ];

    private static readonly Dictionary<string, DifferenceKind> s_byCode = All.ToDictionary(kind => kind.Code, StringComparer.Ordinal);

    /// <summary>The kind with this code.</summary>
    public static DifferenceKind Of(string code) => s_byCode[code];
}
