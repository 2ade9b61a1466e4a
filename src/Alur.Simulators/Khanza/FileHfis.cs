using System.Globalization;
using Alur.Simulators.Bpjs;

namespace Alur.Simulators.Khanza;

/// <summary>
/// What this hospital's office filed in HFIS, from its own tables and the day's plan: mostly the same as in Khanza, for a share of clinics
/// and doctors not. Doctors whose hours or quota Khanza lacks are complete in HFIS, as somebody had to file them. The same day gives the same book.
/// </summary>
public static class FileHfis
{
    private static readonly HfisFlaw[] s_ofDoctors =
        [HfisFlaw.OtherHours, HfisFlaw.NoHours, HfisFlaw.OtherCapacity, HfisFlaw.DoctorRenamed, HfisFlaw.Away, HfisFlaw.DoctorUnknown, HfisFlaw.OnlyHere];

    private static readonly HfisFlaw[] s_ofClinics = [HfisFlaw.ClinicRenamed, HfisFlaw.ClinicUnknown];

    /// <summary>The book of the hospital on that day.</summary>
    public static HfisBook Of(HospitalDay day)
    {
        var random = new Random(day.Request.Seed);
        var share = day.Request.Shares.HfisDiffers;
        var mapped = Hospital.Clinics.Where(c => c is { BpjsCode: not null, Excluded: false }).ToArray();
        var clinics = Plant(mapped, Math.Min(share, (double)s_ofClinics.Length / mapped.Length), s_ofClinics, random); // a clinic that BPJS does not know hides its doctors
        var doctors = Plant([.. Hospital.Doctors.Where(d => mapped.Any(c => c.Code == d.ClinicCode && !clinics.ContainsKey(c)))], share, s_ofDoctors, random);
        var quota = WriteMasters.Quota(day);
        return new HfisBook(
            [.. Hospital.Clinics.Where(c => c.BpjsCode is not null && clinics.GetValueOrDefault(c, HfisFlaw.ClinicRenamed) != HfisFlaw.ClinicUnknown).Select(c => Clinic(c, clinics.ContainsKey(c)))],
            [.. Hospital.AllDoctors.Where(d => d.BpjsCode is not null && !Has(d, HfisFlaw.DoctorUnknown)).Select(d => new HfisDoctor(Code(d), Has(d, HfisFlaw.DoctorRenamed) ? "dr. Nama Lain" : d.Name.ToUpperInvariant())),
                .. doctors.Where(d => d.Value == HfisFlaw.OnlyHere).Select(d => new HfisDoctor(Stranger(d.Key), "DR. TAMU"))],
            [.. Queued().SelectMany(d => Hours(d, doctors.TryGetValue(d, out var flaw) ? flaw : null, quota))],
            [.. clinics.Select(c => new PlantedFlaw(c.Value, c.Key.Code)),
                .. doctors.Select(d => new PlantedFlaw(d.Value, d.Value == HfisFlaw.OnlyHere ? Stranger(d.Key).ToString(CultureInfo.InvariantCulture) : d.Key.Code)),
                new PlantedFlaw(HfisFlaw.OnlyHere, Hospital.DoctorWithoutHours.Code), new PlantedFlaw(HfisFlaw.OtherCapacity, Hospital.DoctorWithoutQuota.Code)]);

        bool Has(Doctor doctor, HfisFlaw flaw) => doctors.TryGetValue(doctor, out var planted) && planted == flaw;
    }

    // Hours are filed by clinic, so a clinic without a code has none.
    private static IEnumerable<Doctor> Queued() =>
        Hospital.AllDoctors.Where(d => d.BpjsCode is not null && Hospital.Clinics.Any(c => c.Code == d.ClinicCode && c.BpjsCode is not null));

    private static Dictionary<T, HfisFlaw> Plant<T>(T[] all, double share, HfisFlaw[] flaws, Random random)
        where T : notnull
    {
        random.Shuffle(all);
        return all.Take((int)Math.Round(share * all.Length, MidpointRounding.AwayFromZero)).Select((one, i) => (one, flaw: flaws[i % flaws.Length])).ToDictionary(x => x.one, x => x.flaw);
    }

    private static HfisClinic Clinic(Clinic clinic, bool renamed)
    {
        var name = renamed ? "NAMA LAIN" : clinic.Name.ToUpperInvariant();
        return new HfisClinic(clinic.BpjsCode!, name, clinic.BpjsCode!, name);
    }

    private static IEnumerable<HfisHours> Hours(Doctor doctor, HfisFlaw? flaw, int quota)
    {
        if (flaw is HfisFlaw.NoHours or HfisFlaw.DoctorUnknown)
            yield break;
        var clinic = Hospital.Clinics.Single(c => c.Code == doctor.ClinicCode).BpjsCode!;
        foreach (var (from, to) in Hospital.Slots)
        {
            var late = flaw == HfisFlaw.OtherHours && from == Hospital.Slots[0].From ? from.AddMinutes(30) : from;
            yield return new HfisHours(0, clinic, Code(doctor), late, to, flaw == HfisFlaw.OtherCapacity ? quota + 5 : quota, flaw == HfisFlaw.Away);
            if (flaw == HfisFlaw.OnlyHere)
                yield return new HfisHours(0, clinic, Stranger(doctor), from, to, quota);
        }
    }

    private static int Code(Doctor doctor) => int.Parse(doctor.BpjsCode!, CultureInfo.InvariantCulture);

    private static int Stranger(Doctor doctor) => Code(doctor) + 5_000;
}
