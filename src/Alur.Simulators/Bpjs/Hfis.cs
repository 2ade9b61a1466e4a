namespace Alur.Simulators.Bpjs;

/// <summary>A sub-specialty in BPJS's list of clinics, under its clinic.</summary>
public sealed record HfisClinic(string Code, string Name, string Parent, string ParentName);

/// <summary>A doctor as BPJS knows them.</summary>
public sealed record HfisDoctor(int Code, string Name);

/// <summary>Hours that were filed; <paramref name="Weekday"/> 1 is Monday, 7 Sunday, 0 every day.</summary>
public sealed record HfisHours(int Weekday, string Clinic, int Doctor, TimeOnly From, TimeOnly To, int Capacity, bool Holiday = false);

/// <summary>How BPJS's book and the hospital's own tables were made to differ.</summary>
public enum HfisFlaw
{
    /// <summary>The clinic's code is not in BPJS's list.</summary>
    ClinicUnknown,

    /// <summary>The clinic has another name there.</summary>
    ClinicRenamed,

    /// <summary>The doctor's code is not in BPJS's list.</summary>
    DoctorUnknown,

    /// <summary>The doctor has another name there.</summary>
    DoctorRenamed,

    /// <summary>Nobody filed hours for the doctor.</summary>
    NoHours,

    /// <summary>The doctor is filed as away.</summary>
    Away,

    /// <summary>Other hours were filed.</summary>
    OtherHours,

    /// <summary>Another capacity was filed.</summary>
    OtherCapacity,

    /// <summary>Hours were filed for a doctor whom the hospital's own schedule does not have.</summary>
    OnlyHere,
}

/// <summary>One planted flaw, by the hospital's own codes; of <see cref="HfisFlaw.OnlyHere"/> with a doctor whom the hospital lacks, BPJS's code.</summary>
public sealed record PlantedFlaw(HfisFlaw Flaw, string Code);

/// <summary>What BPJS knows of clinics, doctors and their hours: its own book, whatever the hospital believes.</summary>
/// <param name="Flaws">Where it was made to differ from the hospital's tables; nobody is told over the protocol.</param>
public sealed record HfisBook(
    IReadOnlyList<HfisClinic> Clinics, IReadOnlyList<HfisDoctor> Doctors, IReadOnlyList<HfisHours> Hours, IReadOnlyList<PlantedFlaw> Flaws)
{
    private static readonly (string Code, string Name)[] s_clinics =
    [
        ("INT", "PENYAKIT DALAM"), ("ANA", "ANAK"), ("BED", "BEDAH"), ("OBG", "OBGYN"), ("MAT", "MATA"), ("THT", "THT-KL"), ("SAR", "SARAF"),
        ("JAN", "JANTUNG DAN PEMBULUH DARAH"), ("PAR", "PARU"), ("KLT", "KULIT KELAMIN"), ("JIW", "JIWA"), ("ORT", "ORTHOPEDI"), ("URO", "UROLOGI"),
        ("IRM", "REHABILITASI MEDIK"), ("BSY", "BEDAH SARAF"), ("GND", "GIGI"), ("RDO", "RADIOLOGI"), ("UMU", "UMUM"), ("IGD", "GAWAT DARURAT"), ("HDL", "HEMODIALISA"),
    ];

    /// <summary>Real clinic codes; one invented doctor for each, there all day. Known until a hospital files its own.</summary>
    public static HfisBook Usual { get; } = new(
        UsualClinics,
        [.. s_clinics.Select((c, i) => new HfisDoctor(900001 + i, $"dr. Contoh {c.Name}"))],
        [.. s_clinics.Select((c, i) => new HfisHours(0, c.Code, 900001 + i, new(8, 0), new(16, 0), 60))],
        []);

    /// <summary>BPJS's clinics, each its own sub-specialty.</summary>
    public static IReadOnlyList<HfisClinic> UsualClinics => [.. s_clinics.Select(c => new HfisClinic(c.Code, c.Name, c.Code, c.Name))];
}
