using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Polling;

/// <summary>Decides, from the rows of one visit, what it is and what happened. Pure: no clock, no database.</summary>
internal static class ReadVisit
{
    /// <summary>Reads every visit of a snapshot; the second list are tasks whose visit the snapshot does not have.</summary>
    public static (List<VisitRead> Visits, List<TaskWithoutVisit> Inbox) All(KhanzaSnapshot khanza, Site site)
    {
        return ([.. Rows(khanza).Select(r => Of(khanza, site, r.Visit, r.Booking))], Inbox(khanza, site));
    }

    /// <summary>Every visit that has a date, with the booking that counts.</summary>
    public static IEnumerable<(KhanzaVisit Visit, KhanzaBooking? Booking)> Rows(KhanzaSnapshot khanza)
    {
        var bookings = Bookings(khanza);
        return khanza.Visits.Values.Where(visit => visit.Date is not null).Select(visit => (visit, Choose(bookings[visit.VisitId])));
    }

    /// <summary>Visits that have no date: those that would be sent if they had, by number, and those that are cancelled, which is sure without one.</summary>
    public static (IReadOnlyList<UndatedVisit> Live, IReadOnlyList<string> Cancelled) Undated(KhanzaSnapshot khanza, Site site)
    {
        var undated = khanza.Visits.Values.Where(v => v.Date is null).OrderBy(v => v.VisitId, StringComparer.Ordinal).ToList();
        if (undated.Count == 0)
            return ([], []);
        var bookings = Bookings(khanza);
        var rows = undated.ToLookup(visit => IsCancelled(visit, Choose(bookings[visit.VisitId])));
        return (
            [.. rows[false].Where(v => v.Outpatient && !site.ExcludedClinics.Contains(v.Clinic)).Select(v => UndatedVisit.Of(v, Choose(bookings[v.VisitId])))],
            [.. rows[true].Select(v => v.VisitId)]);
    }

    private static bool IsCancelled(KhanzaVisit visit, KhanzaBooking? booking) => visit.State == "Batal" || booking?.State is "Batal" or "Gagal";

    /// <summary>Tasks whose visit the snapshot does not have.</summary>
    public static List<TaskWithoutVisit> Inbox(KhanzaSnapshot khanza, Site site) =>
    [
        .. Bookings(khanza)
            .Where(x => !khanza.Visits.ContainsKey(x.Key))
            .SelectMany(x => ObserveTasks.Of(source => khanza.Moments.Find(x.Key, source), site, booked: true).Select(t => new TaskWithoutVisit(x.Key, t.Task, t.Waktu, t.Source))),
    ];

    private static ILookup<string, KhanzaBooking> Bookings(KhanzaSnapshot khanza) =>
        khanza.Bookings.Where(b => b.VisitId.Length > 0).ToLookup(b => b.VisitId, StringComparer.Ordinal);

    /// <summary>What one visit is and what happened.</summary>
    public static VisitRead Of(KhanzaSnapshot khanza, Site site, KhanzaVisit visit, KhanzaBooking? booking)
    {
        var add = booking is not null ? Registration.OfBooking(khanza, site, visit, booking)
            : string.Equals(visit.Payer, site.Options.PayerCode, StringComparison.Ordinal) ? Registration.OfDeskPatient(khanza, site, visit)
            : Registration.OfOtherPayer(khanza, site, visit);
        var (began, source) = Began(visit, booking, add.ServiceDate);
        var eventTime = began?.ToInstant(site.Zone);
        string[] excluded = site.ExcludedClinics.Contains(visit.Clinic) ? ["CLINIC_EXCLUDED"] : [];
        return new VisitRead(
            visit.VisitId, add.Kind, add.Kodebooking, eventTime, add.ServiceDate, visit.Clinic, visit.Doctor, add.NewPatient, visit.Outpatient,
            add.Payload, add.Patient, [.. excluded, .. add.BlockedReasons],
            IsCancelled(visit, booking), visit.TextStripped,
            [
                new ObservedTask("1", eventTime ?? add.ServiceDate.ToDateTime(TimeOnly.MinValue).ToInstant(site.Zone), source),
                .. ObserveTasks.Of(column => khanza.Moments.Find(visit.VisitId, column), site, booked: booking is not null),
            ]);
    }

    /// <summary>
    /// When the visit begins, and the column that says so. jam_reg is the time of day at which the row was made: for a Mobile JKN booking the
    /// evening before or earlier, of a day that Khanza does not keep. So a booking begins with the hours it is for. Where no time can be
    /// read there is none; REGISTER, whose moment BPJS is never told, is then known by its day.
    /// </summary>
    private static (DateTime? Began, string Source) Began(KhanzaVisit visit, KhanzaBooking? booking, DateOnly serviceDate) =>
        (booking is null ? visit.Time : Schedule.StartOf(booking.Hours)) is { } time
            ? (serviceDate.ToDateTime(time), booking is null ? "reg_periksa.jam_reg" : "referensi_mobilejkn_bpjs.jampraktek")
            : (null, booking is null ? "reg_periksa.tgl_registrasi" : "referensi_mobilejkn_bpjs.tanggalperiksa");

    /// <summary>Where the unique key on no_rawat is missing a visit can have several bookings: the one that still stands counts, then the newest.</summary>
    private static KhanzaBooking? Choose(IEnumerable<KhanzaBooking> bookings) =>
        bookings is IReadOnlyCollection<KhanzaBooking> { Count: <= 1 } ? bookings.FirstOrDefault() : bookings.OrderBy(b => b.State is "Batal" or "Gagal").ThenByDescending(b => b.Code, StringComparer.Ordinal).FirstOrDefault();
}
