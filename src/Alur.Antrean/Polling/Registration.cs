using System.Globalization;
using System.Text.Json.Nodes;
using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Polling;

/// <summary>What antrean/add says about a visit, by Khanza's own rules for the three kinds of visit.</summary>
internal sealed record Registration(
    string Kind, string Kodebooking, DateOnly ServiceDate, bool NewPatient, JsonObject Payload, JsonObject Patient, IReadOnlyList<string> BlockedReasons)
{
    private const string Note = "Mohon datang 30 menit lebih awal untuk pendaftaran.";

    /// <summary>A Mobile JKN booking: its own code and numbers; only the estimate is made anew, because Khanza stores it for the day of booking.</summary>
    public static Registration OfBooking(KhanzaSnapshot khanza, Site site, KhanzaVisit visit, KhanzaBooking booking)
    {
        var date = booking.Date ?? visit.Date!.Value;
        var doctor = KhanzaText.Number(booking.Doctor);
        var figure = Figure(booking.QueueFigure) ?? Figure(visit.QueueNumber) ?? 0;
        var kind = booking.VisitKind is ['1' or '2' or '3' or '4', ..] ? booking.VisitKind[0] - '0' : (int?)null;
        var start = Schedule.StartOf(booking.Hours);
        var payload = Fields("JKN", booking.Clinic, doctor, visit, date, booking.NewPatient, kind, booking.QueueNumber, figure,
            booking.Hours, Estimate(date, start, figure, site),
            (booking.QuotaLeftJkn, booking.QuotaJkn, booking.QuotaLeftNonJkn, booking.QuotaNonJkn));
        return new Registration("MOBILE_JKN", booking.Code, date, booking.NewPatient, payload,
            PatientFields(booking.Card, booking.Nik, KhanzaText.Phone(booking.Phone), booking.MedicalRecord.Length > 0 ? booking.MedicalRecord : visit.MedicalRecord, booking.Reference),
            Blocked(booking.Clinic, doctor, start is not null, booking.QuotaJkn, kind is null || booking.Reference.Length == 0));
    }

    /// <summary>A patient of another payer: no card, NIK, telephone or reference leave the house.</summary>
    public static Registration OfOtherPayer(KhanzaSnapshot khanza, Site site, KhanzaVisit visit)
    {
        var (payload, blocked) = FromSchedule(khanza, site, visit, "NON JKN", visit.NewPatient, kind: 3);
        return new Registration("NON_JKN", visit.VisitId, visit.Date!.Value, visit.NewPatient, payload,
            PatientFields("-", "-", "-", visit.MedicalRecord, "-"), blocked);
    }

    /// <summary>
    /// A BPJS patient at the desk. With <c>OnSiteJkn = desktop</c> Khanza's own screen registers the visit (as a known patient), which needs
    /// both mappings and nothing else that we could judge; with <c>bridge</c> we do, once the referral is known from the SEP.
    /// </summary>
    public static Registration OfDeskPatient(KhanzaSnapshot khanza, Site site, KhanzaVisit visit)
    {
        var bridge = site.Options.OnSiteJkn == "bridge";
        var (kind, reference) = ReferenceOf(khanza.Letters.GetValueOrDefault(visit.VisitId));
        var newPatient = bridge && visit.NewPatient;
        var (payload, blocked) = FromSchedule(khanza, site, visit, "JKN", newPatient, kind);
        return new Registration("ONSITE_JKN", visit.VisitId, visit.Date!.Value, newPatient, payload,
            PatientFields(visit.Card, visit.Nik, KhanzaText.Phone(visit.Phone), visit.MedicalRecord, reference),
            !bridge ? [.. blocked.Where(reason => reason is "TIME_UNREADABLE" or "CLINIC_UNMAPPED" or "DOCTOR_UNMAPPED")]
            : reference.Length == 0 ? [.. blocked, "NO_REFERENCE"] : blocked);
    }

    private static (int? Kind, string Reference) ReferenceOf(KhanzaLetter? letter) => letter switch
    {
        null => (null, ""),
        { ControlLetter.Length: > 0 } => (3, letter.ControlLetter),
        { ReferralFrom: ['1', ..] } => (1, letter.Referral),
        { ReferralFrom: ['2', ..] } => (4, letter.Referral),
        _ => (null, ""),
    };

    private static (JsonObject Payload, IReadOnlyList<string> Blocked) FromSchedule(
        KhanzaSnapshot khanza, Site site, KhanzaVisit visit, string patientKind, bool newPatient, int? kind)
    {
        var date = visit.Date!.Value;
        var clinic = khanza.Clinics.GetValueOrDefault(visit.Clinic, "");
        var doctor = KhanzaText.Number(khanza.Doctors.GetValueOrDefault(visit.Doctor, ""));
        var slot = visit.Time is { } time ? Schedule.SlotOf(khanza.Slots[(visit.Doctor, visit.Clinic)], date, time) : null;
        var figure = Figure(visit.QueueNumber) ?? 0;
        var left = slot?.Quota - figure;
        return (
            Fields(patientKind, clinic, doctor, visit, date, newPatient, kind, visit.QueueNumber, figure, slot?.Hours,
                Estimate(date, slot?.Start, figure, site), (left, slot?.Quota, left, slot?.Quota)),
            visit.Time is null ? ["TIME_UNREADABLE", .. Blocked(clinic, doctor, hasHours: true, quota: 1, noReference: false)]
            : Blocked(clinic, doctor, slot is not null, slot?.Quota, noReference: false));
    }

    private static List<string> Blocked(string clinic, int? doctor, bool hasHours, int? quota, bool noReference)
    {
        var reasons = new List<string>();
        if (clinic.Length == 0)
            reasons.Add("CLINIC_UNMAPPED");
        if (doctor is null)
            reasons.Add("DOCTOR_UNMAPPED");
        if (!hasHours)
            reasons.Add("NO_SCHEDULE");
        else if (quota is null or <= 0)
            reasons.Add("QUOTA_MISSING");
        if (noReference)
            reasons.Add("NO_REFERENCE");
        return reasons;
    }

    private static JsonObject Fields(
        string patientKind, string clinic, int? doctor, KhanzaVisit visit, DateOnly date, bool newPatient, int? kind, string queueNumber, int figure,
        string? hours, long? estimate, (int? LeftJkn, int? Jkn, int? LeftNonJkn, int? NonJkn) quota) => new()
    {
        ["jenispasien"] = patientKind,
        ["kodepoli"] = clinic,
        ["namapoli"] = visit.ClinicName,
        ["pasienbaru"] = newPatient ? 1 : 0,
        ["tanggalperiksa"] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["kodedokter"] = doctor,
        ["namadokter"] = visit.DoctorName,
        ["jampraktek"] = hours,
        ["jeniskunjungan"] = kind,
        ["nomorantrean"] = queueNumber,
        ["angkaantrean"] = figure,
        ["estimasidilayani"] = estimate,
        ["sisakuotajkn"] = AtLeastZero(quota.LeftJkn),
        ["kuotajkn"] = AtLeastZero(quota.Jkn),
        ["sisakuotanonjkn"] = AtLeastZero(quota.LeftNonJkn),
        ["kuotanonjkn"] = AtLeastZero(quota.NonJkn),
        ["keterangan"] = Note,
    };

    private static JsonObject PatientFields(string card, string nik, string phone, string medicalRecord, string reference) => new()
    {
        ["nomorkartu"] = card, ["nik"] = nik, ["nohp"] = phone, ["norm"] = medicalRecord, ["nomorreferensi"] = reference,
    };

    /// <summary>A place in a queue; more than any clinic calls in a day is something else that was typed there.</summary>
    private static int? Figure(string text) => KhanzaText.Number(text) is { } number and <= 9_999 ? number : null;

    private static int? AtLeastZero(int? number) => number is null ? null : Math.Max(0, number.Value);

    private static long? Estimate(DateOnly date, TimeOnly? start, int figure, Site site) =>
        start is null ? null
            : date.ToDateTime(start.Value).AddMinutes((double)figure * site.Options.MinutesPerPatient).ToInstant(site.Zone).ToUnixTimeMilliseconds();
}
