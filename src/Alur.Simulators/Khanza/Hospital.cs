using System.Globalization;

namespace Alur.Simulators.Khanza;

/// <summary>A clinic; <paramref name="BpjsCode"/> null: nobody mapped it.</summary>
/// <param name="Weight">Relative number of visits among the ordinary clinics; 0: only by irregularity.</param>
public sealed record Clinic(string Code, string Name, string? BpjsCode, int Weight)
{
    /// <summary>The emergency unit has patients all day but no queue.</summary>
    public bool Excluded => Code == Hospital.EmergencyClinic;
}

/// <summary>A doctor of one clinic; <paramref name="BpjsCode"/> null: nobody mapped them.</summary>
public sealed record Doctor(string Code, string Name, string? BpjsCode, string ClinicCode)
{
    /// <summary>The schedule says when the doctor is there.</summary>
    public bool HasHours { get; init; } = true;

    /// <summary>The schedule says how many patients the doctor sees.</summary>
    public bool HasQuota { get; init; } = true;
}

/// <summary>The invented hospital: clinics, doctors, payers and consulting hours.</summary>
public static class Hospital
{
    /// <summary>Khanza's usual code of the emergency unit.</summary>
    public const string EmergencyClinic = "IGDK";

    /// <summary>Khanza's usual payer code of BPJS.</summary>
    public const string BpjsPayer = "BPJ";

    /// <summary>Payer code of patients who pay themselves.</summary>
    public const string OwnPayer = "UMU";

    /// <summary>The clinics; the last two are the emergency unit and one without a BPJS code.</summary>
    public static IReadOnlyList<Clinic> Clinics { get; } =
    [
        new("INT", "Poli Penyakit Dalam", "INT", 6),
        new("U0002", "Poli Anak \"Melati\"", "ANA", 4),
        new("U0004", "Poli Bedah", "BED", 3),
        new("U0001", "Poli Kandungan", "OBG", 3),
        new("U0005", "Poli Mata & Refraksi\t", "MAT", 3),
        new("U0011", "Poli THT", "THT", 2),
        new("U0007", "Poli Saraf", "SAR", 3),
        new("U0012", "Poli Jantung", "JAN", 4),
        new(EmergencyClinic, "Instalasi Gawat Darurat", "IGD", 0),
        new("U0053", "Fisioterapi", null, 0),
    ];

    /// <summary>Somebody forgot a part of these doctors' master data; each is seen only by irregularity.</summary>
    public static Doctor UnmappedDoctor { get; } = new("D0000021", "dr. Wulan Hapsari, Sp.PD", null, "INT");

    /// <summary>Has rows in the schedule, all of them from 00:00 to 00:00.</summary>
    public static Doctor DoctorWithoutHours { get; } = new("D0000022", "dr. Yoga Permana, Sp.PD", "900255", "INT") { HasHours = false };

    /// <summary>Has a quota of 0 in the morning and none in the afternoon.</summary>
    public static Doctor DoctorWithoutQuota { get; } = new("D0000023", "dr. Zahra Kamil, Sp.PD", "900262", "INT") { HasQuota = false };

    /// <summary>Two doctors for each clinic, complete in every respect.</summary>
    public static IReadOnlyList<Doctor> Doctors { get; } =
        [.. Clinics.SelectMany(c => Enumerable.Range(0, 2).Select(n => c)).Select((c, i) => new Doctor(
            string.Create(CultureInfo.InvariantCulture, $"D{i + 1:0000000}"),
            $"dr. {DoctorNames[i]}",
            string.Create(CultureInfo.InvariantCulture, $"{900_101 + (i * 7)}"),
            c.Code))];

    /// <summary>Everybody in the table of doctors.</summary>
    public static IReadOnlyList<Doctor> AllDoctors { get; } = [.. Doctors, UnmappedDoctor, DoctorWithoutHours, DoctorWithoutQuota];

    /// <summary>Consulting hours of every doctor on every day; two slots, because Khanza allows several.</summary>
    public static IReadOnlyList<(TimeOnly From, TimeOnly To)> Slots { get; } = [(new(7, 0), new(11, 0)), (new(11, 0), new(15, 0))];

    /// <summary>The slot that contains the time, else the next one of the day, else the last.</summary>
    public static (TimeOnly From, TimeOnly To) SlotAt(TimeOnly time) =>
        Slots.Where(s => s.To > time).DefaultIfEmpty(Slots[^1]).First();

    // Quotes, a backslash, accents, control characters and what is left of an emoji in latin1: names as people really type them.
    private static string[] DoctorNames =>
    [
        "Bagas Adiputra, Sp.PD", "Citra Lestari, Sp.PD", "Dian Kusumo, Sp.A", "Endah Wulansari, Sp.A",
        "Ma'ruf \"Uki\" Nugroho \\ Sp.B", "Galih Prakoso, Sp.B", "Hesti\u0001 Anggraini,\r\n Sp.OG", "Indra Wirawan, Sp.OG",
        "José Müller, Sp.M", "Kirana Dewi, Sp.M", "Lukman Harahap, Sp.THT", "Mega Puspita, Sp.THT",
        "Nanda Saputra, Sp.S", "Okta Ramadhani, Sp.S ðŸ˜Š", "Prima Siregar, Sp.JP", "Ratih Maharani, Sp.JP",
        "Surya Gunawan", "Tiara Oktaviani", "Umar Basuki, Sp.KFR", "Vina Melati, Sp.KFR",
    ];
}
