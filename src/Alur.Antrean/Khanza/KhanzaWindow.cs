using System.Globalization;

namespace Alur.Antrean.Khanza;

/// <summary>The days a poll reads, first and last included, and the numbers that Khanza gives on those days.</summary>
internal sealed record KhanzaWindow(DateOnly First, DateOnly Last)
{
    /// <summary>No visit number (no_rawat) of the window is smaller.</summary>
    public string FirstVisit => First.ToString("yyyy/MM/dd/", CultureInfo.InvariantCulture);

    /// <summary>No visit number of the window is greater: numbers have six digits, so the order holds in every collation.</summary>
    public string LastVisit => Last.ToString("yyyy/MM/dd/", CultureInfo.InvariantCulture) + "9999999";

    /// <summary>No booking code (nobooking) of the window is smaller.</summary>
    public string FirstBooking => First.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>No booking code of the window is greater.</summary>
    public string LastBooking => Last.ToString("yyyyMMdd", CultureInfo.InvariantCulture) + "9999999";

    /// <summary>Whether a visit number lies in the window by its own date.</summary>
    public bool Holds(string visitId) =>
        string.CompareOrdinal(visitId, FirstVisit) >= 0 && string.CompareOrdinal(visitId, LastVisit) <= 0;
}
