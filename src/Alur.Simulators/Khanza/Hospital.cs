using System.Globalization;

namespace Alur.Simulators.Khanza;

/// <summary>A clinic; <paramref name="BpjsCode"/> null: nobody mapped it.</summary>
/// <param name="Weight">Relative number of visits among the ordinary clinics; 0: only by irregularity.</param>
public sealed record Clinic(string Code, string Name, string? BpjsCode, int Weight)
{
    /// <summary>The emergency unit has patients all day but no queue.</summary>
    public bool Excluded => Code == Hospital.EmergencyClinic;
}

/// <summary>A doctor of one clinic.</summary>
public sealed record Doctor(string Code, string Name, string BpjsCode, string ClinicCode);

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
        new("U0002", "Poli Anak", "ANA", 4),
        new("U0004", "Poli Bedah", "BED", 3),
        new("U0001", "Poli Kandungan", "OBG", 3),
        new("U0005", "Poli Mata", "MAT", 3),
        new("U0011", "Poli THT", "THT", 2),
        new("U0007", "Poli Saraf", "SAR", 3),
        new("U0012", "Poli Jantung", "JAN", 4),
        new(EmergencyClinic, "Instalasi Gawat Darurat", "IGD", 0),
        new("U0053", "Fisioterapi", null, 0),
    ];

    /// <summary>Two doctors for each clinic.</summary>
    public static IReadOnlyList<Doctor> Doctors { get; } =
        [.. Clinics.SelectMany(c => Enumerable.Range(0, 2).Select(n => c)).Select((c, i) => new Doctor(
            string.Create(CultureInfo.InvariantCulture, $"D{i + 1:0000000}"),
            $"dr. {DoctorNames[i]}",
            string.Create(CultureInfo.InvariantCulture, $"{900_101 + (i * 7)}"),
            c.Code))];

    /// <summary>Consulting hours of every doctor on every day; two slots, because Khanza allows several.</summary>
    public static IReadOnlyList<(TimeOnly From, TimeOnly To)> Slots { get; } = [(new(7, 0), new(11, 0)), (new(11, 0), new(15, 0))];

    /// <summary>The slot that contains the time, else the next one of the day, else the last.</summary>
    public static (TimeOnly From, TimeOnly To) SlotAt(TimeOnly time) =>
        Slots.Where(s => s.To > time).DefaultIfEmpty(Slots[^1]).First();

    private static string[] DoctorNames =>
    [
        "Bagas Adiputra, Sp.PD", "Citra Lestari, Sp.PD", "Dian Kusumo, Sp.A", "Endah Wulansari, Sp.A",
        "Fajar Nugroho, Sp.B", "Galih Prakoso, Sp.B", "Hesti Anggraini, Sp.OG", "Indra Wirawan, Sp.OG",
        "Joko Santosa, Sp.M", "Kirana Dewi, Sp.M", "Lukman Harahap, Sp.THT", "Mega Puspita, Sp.THT",
        "Nanda Saputra, Sp.S", "Okta Ramadhani, Sp.S", "Prima Siregar, Sp.JP", "Ratih Maharani, Sp.JP",
        "Surya Gunawan", "Tiara Oktaviani", "Umar Basuki, Sp.KFR", "Vina Melati, Sp.KFR",
    ];
}
