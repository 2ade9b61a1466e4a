using System.Globalization;
using Alur.Antrean.Polling;
using Alur.Platform.Doctor;

namespace Alur.Antrean.Doctor;

/// <summary>Clinics and doctors without a BPJS code, with the visits that cannot be registered because of it.</summary>
internal static class CheckMappings
{
    private const string Code = "khanza.mappings";
    private const int MostNamed = 20;

    /// <summary>Counts visits as a poll reads them; cancelled, in-patient and excluded ones are nobody's work.</summary>
    public static IReadOnlyList<Finding> Of(IEnumerable<VisitRead> visits, int days)
    {
        var counted = visits.Where(v => v.Outpatient && !v.Cancelled && !v.BlockedReasons.Contains("CLINIC_EXCLUDED")).ToList();
        if (counted.Count == 0)
        {
            return [Finding.Warning("khanza.visits", new($"Tidak ada kunjungan rawat jalan dalam {days} hari terakhir.", $"There is no out-patient visit in the last {days} days."),
                new("Pastikan ini database yang dipakai setiap hari (bukan salinan), dan Zone serta ExcludedClinics benar.",
                    "Make sure that this is the database in daily use (not a copy), and that Zone and ExcludedClinics are right."))];
        }
        List<Finding> findings =
        [
            .. Unmapped(counted, "CLINIC_UNMAPPED", v => Named(v.PoliId, v, "namapoli"), days,
                new("Poliklinik", "Clinics"), new("Petakan di Khanza (Mapping Poli BPJS); poliklinik yang tidak dikirim ditulis di ExcludedClinics.",
                    "Map them in Khanza (Mapping Poli BPJS); clinics that are not to be sent go into ExcludedClinics.")),
            .. Unmapped(counted, "DOCTOR_UNMAPPED", v => Named(v.DokterId, v, "namadokter"), days,
                new("Dokter", "Doctors"), new("Petakan di Khanza (Mapping Dokter DPJP VClaim).", "Map them in Khanza (Mapping Dokter DPJP VClaim).")),
        ];
        return findings.Count > 0 ? findings
            : [Finding.Ok(Code, $"Semua poliklinik dan dokter dari {counted.Count} kunjungan {days} hari terakhir sudah dipetakan.",
                $"Every clinic and doctor of the {counted.Count} {Words.Of(counted.Count, "visit")} of the last {days} days has a BPJS code.")];
    }

    private static IEnumerable<Finding> Unmapped(List<VisitRead> visits, string reason, Func<VisitRead, string> name, int days, Words who, Words toDo)
    {
        var blocked = visits.Where(v => v.BlockedReasons.Contains(reason)).ToList();
        if (blocked.Count == 0)
            yield break;
        var all = blocked.CountBy(name).OrderByDescending(n => n.Value).ThenBy(n => n.Key, StringComparer.Ordinal).ToList();
        var names = string.Join(", ", all.Take(MostNamed).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n.Key} ({n.Value})")))
            + (all.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $", +{all.Count - MostNamed}") : "");
        yield return Finding.Warning(Code,
            new($"{who.Indonesian} belum dipetakan, {blocked.Count} kunjungan {days} hari terakhir tertahan: {names}.",
                $"{who.English} without a BPJS code hold {blocked.Count} {Words.Of(blocked.Count, "visit")} of the last {days} days: {names}."),
            toDo);
    }

    private static string Named(string code, VisitRead visit, string field) => $"{code} {(string?)visit.Payload[field]}".Trim();
}
