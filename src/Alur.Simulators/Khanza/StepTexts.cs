using System.Globalization;

namespace Alur.Simulators.Khanza;

/// <summary>Texts that the desktop composes from a visit, and those that should never have been composed.</summary>
internal static class StepTexts
{
    public static string Hours(PlannedVisit v)
    {
        var (from, to) = Hospital.SlotAt(TimeOnly.FromDateTime(v.Arrives));
        return string.Create(CultureInfo.InvariantCulture, $"{from:HH':'mm}-{to:HH':'mm}");
    }

    // Ten minutes for each patient from the start of consulting hours, in Western Indonesian time.
    public static string Estimate(PlannedVisit v)
    {
        var (from, _) = Hospital.SlotAt(TimeOnly.FromDateTime(v.Arrives));
        var start = new DateTimeOffset(v.ServiceDate.ToDateTime(from), TimeSpan.FromHours(7));
        return start.AddMinutes(10 * int.Parse(v.NoReg, CultureInfo.InvariantCulture)).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
    }

    public static string Sep(PlannedVisit v) => string.Create(CultureInfo.InvariantCulture, $"9999R001{v.ServiceDate:MMyy}V{Running(v)}");

    public static string ControlLetter(PlannedVisit v) => string.Create(CultureInfo.InvariantCulture, $"9999R001{v.ServiceDate:MMyy}K{Running(v)}");

    public static string Prescription(PlannedVisit v) => string.Create(CultureInfo.InvariantCulture, $"{v.ServiceDate:yyyyMMdd}{Running(v)}");

    /// <summary>The app's column holds 15 characters and only ever one number; dashes are as far as it goes.</summary>
    public static string AppPhone(PlannedVisit v) =>
        v.Patient.PhoneTyped.Length <= 15 ? v.Patient.PhoneTyped : v.Patient.Phone;

    // Where a registration cannot be read, every third has a zero date and the others an impossible time.
    public static string RegisteredDay(PlannedVisit v) => v.Irregularity == Irregularity.UnreadableRegistration && Turn(v) == 0
        ? "0000-00-00"
        : v.ServiceDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string RegisteredTime(PlannedVisit v) => v.Irregularity == Irregularity.UnreadableRegistration && Turn(v) > 0
        ? ImpossibleTime(v)
        : v.JamReg.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    public static string HalfZero(DateTime moment) => string.Create(CultureInfo.InvariantCulture, $"{moment:yyyy-MM}-00 {moment:HH:mm:ss}");

    public static string ImpossibleTime(PlannedVisit v) => Turn(v) == 1 ? "25:10:00" : "-00:30:00";

    /// <summary>The row says no day of service at all.</summary>
    public static bool HasNoDay(PlannedVisit v) => RegisteredDay(v)[0] == '0';

    // The running number of the visit, however many digits it has in this Khanza.
    private static string Running(PlannedVisit v) => v.NoRawat[(v.NoRawat.LastIndexOf('/') + 1)..].PadLeft(DayRequest.KhanzaDigits, '0');

    private static int Turn(PlannedVisit v) => (v.NoRawat[^1] - '0') % 3;
}
