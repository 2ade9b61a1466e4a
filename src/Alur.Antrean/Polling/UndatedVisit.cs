using System.Globalization;
using Alur.Antrean.Khanza;

namespace Alur.Antrean.Polling;

/// <summary>A visit that is left out because its <c>tgl_registrasi</c> is a zero date or no date at all: nobody can say what BPJS would have to be told.</summary>
/// <param name="VisitId">Khanza's no_rawat.</param>
/// <param name="Day">The day that its booking, else its number names; null: neither does.</param>
/// <param name="Poli">Name of the clinic, else its code.</param>
/// <param name="Dokter">Name of the doctor, else the code.</param>
internal sealed record UndatedVisit(string VisitId, DateOnly? Day, string Poli, string Dokter)
{
    private const string NumberedDay = "yyyy/MM/dd";

    public static UndatedVisit Of(KhanzaVisit visit, KhanzaBooking? booking) => new(
        visit.VisitId, booking?.Date ?? DayOf(visit.VisitId), visit.ClinicName.Length > 0 ? visit.ClinicName : visit.Clinic,
        visit.DoctorName.Length > 0 ? visit.DoctorName : visit.Doctor);

    private static DateOnly? DayOf(string visitId) => visitId.Length > NumberedDay.Length
        && DateOnly.TryParseExact(visitId.AsSpan(0, NumberedDay.Length), NumberedDay, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
