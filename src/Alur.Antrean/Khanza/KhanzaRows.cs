namespace Alur.Antrean.Khanza;

/// <summary>Everything one poll reads, from one snapshot of the Khanza database.</summary>
/// <param name="Visits">Rows of reg_periksa in the window, and the rows that its bookings or our own visits name.</param>
/// <param name="Bookings">Rows of referensi_mobilejkn_bpjs of the window.</param>
/// <param name="Moments">What the sources that the site uses say of each visit.</param>
/// <param name="Letters">SEP by visit; read only when this server registers on-site BPJS patients.</param>
/// <param name="Slots">The weekly schedule, whole.</param>
/// <param name="Clinics">BPJS clinic code by Khanza's.</param>
/// <param name="Doctors">BPJS doctor code by Khanza's.</param>
internal sealed record KhanzaSnapshot(
    IReadOnlyDictionary<string, KhanzaVisit> Visits,
    IReadOnlyList<KhanzaBooking> Bookings,
    KhanzaMoments Moments,
    IReadOnlyDictionary<string, KhanzaLetter> Letters,
    ILookup<(string Doctor, string Clinic), KhanzaSlot> Slots,
    IReadOnlyDictionary<string, string> Clinics,
    IReadOnlyDictionary<string, string> Doctors);

/// <summary>One row of reg_periksa with the names it points to.</summary>
internal sealed record KhanzaVisit(
    string VisitId, string QueueNumber, DateOnly? Date, TimeOnly? Time, string Doctor, string Clinic, string MedicalRecord, string Payer,
    string State, bool NewPatient, bool Outpatient, string Card, string Nik, string Phone, string ClinicName, string DoctorName, bool TextStripped);

/// <summary>One row of referensi_mobilejkn_bpjs: a booking made in Mobile JKN.</summary>
internal sealed record KhanzaBooking(
    string Code, string VisitId, string Card, string Nik, string Phone, string Clinic, bool NewPatient, string MedicalRecord, DateOnly? Date,
    string Doctor, string Hours, string VisitKind, string Reference, string QueueNumber, string QueueFigure,
    int? QuotaLeftJkn, int? QuotaJkn, int? QuotaLeftNonJkn, int? QuotaNonJkn, string State);

/// <summary>What a SEP (bridging_sep) says about the referral of a visit.</summary>
internal sealed record KhanzaLetter(string Referral, string ReferralFrom, string ControlLetter);

/// <summary>One row of jadwal. Quota may be 0 or NULL, hours may be 00:00–00:00: both occur in real databases.</summary>
internal sealed record KhanzaSlot(string Weekday, TimeOnly Start, TimeOnly End, int? Quota)
{
    /// <summary>Whether the row says anything about hours.</summary>
    public bool IsUsable => End > Start;

    /// <summary>As BPJS wants it: <c>08:00-10:00</c>.</summary>
    public string Hours => FormattableString.Invariant($"{Start:HH:mm}-{End:HH:mm}");
}
