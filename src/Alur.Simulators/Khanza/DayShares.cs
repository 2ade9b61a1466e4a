namespace Alur.Simulators.Khanza;

/// <summary>How a visit departs from the smooth path. A visit has at most one of these.</summary>
public enum Irregularity
{
    /// <summary>Registered, file sent, file received, note written, all in order.</summary>
    None,

    /// <summary>In the emergency unit, which is not part of the queue system.</summary>
    EmergencyClinic,

    /// <summary>In a clinic that nobody gave a BPJS code.</summary>
    UnmappedClinic,

    /// <summary>The doctor never writes a note, so the end of the consultation is unknown.</summary>
    NoNote,

    /// <summary>The file is marked sent and received by one click: both moments are equal.</summary>
    EqualPair,

    /// <summary>The patient changes their mind at the desk; cancelled a few minutes after registering.</summary>
    CancelledEarly,
}

/// <summary>Named shares (0 to 1) of a simulated day: who comes, and how much is not smooth.</summary>
public sealed record DayShares
{
    /// <summary>Booked days ahead with the Mobile JKN app.</summary>
    public double MobileJkn { get; init; } = 0.35;

    /// <summary>BPJS patients who register at the desk; the rest pays otherwise.</summary>
    public double OnSiteJkn { get; init; } = 0.30;

    /// <summary>Visits that end with a prescription.</summary>
    public double Prescription { get; init; } = 0.60;

    /// <summary>Share of each irregularity; what is not named here does not happen.</summary>
    public IReadOnlyDictionary<Irregularity, double> Irregular { get; init; } = Friendly;

    /// <summary>A friendly day: only light, honest irregularities.</summary>
    public static IReadOnlyDictionary<Irregularity, double> Friendly { get; } = new Dictionary<Irregularity, double>
    {
        [Irregularity.EmergencyClinic] = 0.04,
        [Irregularity.UnmappedClinic] = 0.04,
        [Irregularity.NoNote] = 0.05,
        [Irregularity.EqualPair] = 0.04,
        [Irregularity.CancelledEarly] = 0.02,
    };

    /// <summary>How many visits out of <paramref name="visits"/> a share stands for: at least one as soon as the share is above zero.</summary>
    public static int Count(double share, int visits) =>
        share <= 0 || visits == 0 ? 0 : Math.Max(1, (int)Math.Round(share * visits, MidpointRounding.AwayFromZero));
}
