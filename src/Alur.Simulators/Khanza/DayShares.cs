namespace Alur.Simulators.Khanza;

/// <summary>Named shares (0 to 1) of a simulated day: who comes, and how much is not smooth.</summary>
public sealed record DayShares
{
    /// <summary>Booked days ahead with the Mobile JKN app.</summary>
    public double MobileJkn { get; init; } = 0.35;

    /// <summary>BPJS patients who register at the desk; the rest pays otherwise.</summary>
    public double OnSiteJkn { get; init; } = 0.30;

    /// <summary>Visits that end with a prescription.</summary>
    public double Prescription { get; init; } = 0.60;

    /// <summary>BPJS patients at the desk who come with a control letter instead of a referral.</summary>
    public double ControlLetter { get; init; } = 0.25;

    /// <summary>Patients with several telephone numbers in one field, or one with dashes.</summary>
    public double UntidyPhone { get; init; } = 0.10;

    /// <summary>Patients whose name has quotes, backslashes, accents, control characters or the remains of an emoji in latin1.</summary>
    public double OddName { get; init; } = 0.08;

    /// <summary>Of the doctors, those that HFIS at BPJS has otherwise than Khanza; and of the clinics, two at most.</summary>
    public double HfisDiffers { get; init; } = 0.20;

    /// <summary>Share of each irregularity; what is not named here does not happen.</summary>
    public IReadOnlyDictionary<Irregularity, double> Irregular { get; init; } = Ordinary;

    /// <summary>The dirt of an ordinary day at a hospital.</summary>
    public static IReadOnlyDictionary<Irregularity, double> Ordinary { get; } = new Dictionary<Irregularity, double>
    {
        [Irregularity.EmergencyClinic] = 0.04,
        [Irregularity.UnmappedClinic] = 0.04,
        [Irregularity.UnmappedDoctor] = 0.02,
        [Irregularity.NoSchedule] = 0.01,
        [Irregularity.NoQuota] = 0.01,
        [Irregularity.NewPatient] = 0.02,
        [Irregularity.NoNote] = 0.05,
        [Irregularity.EqualPair] = 0.04,
        [Irregularity.PairCorrected] = 0.01,
        [Irregularity.NoteBeforeFolder] = 0.02,
        [Irregularity.LateEntry] = 0.02,
        [Irregularity.WrongDay] = 0.01,
        [Irregularity.ZeroDate] = 0.02,
        [Irregularity.HalfZeroDate] = 0.01,
        [Irregularity.NegativeTime] = 0.01,
        [Irregularity.UnreadableRegistration] = 0.01,
        [Irregularity.Retyped] = 0.02,
        [Irregularity.RetypedOutOfOrder] = 0.01,
        [Irregularity.Erased] = 0.01,
        [Irregularity.CancelledEarly] = 0.02,
        [Irregularity.CancelledLate] = 0.02,
        [Irregularity.BookingCancelled] = 0.01,
        [Irregularity.Deleted] = 0.02,
        [Irregularity.DeleteRefused] = 0.01,
        [Irregularity.BackDated] = 0.01,
        [Irregularity.AcrossMidnight] = 0.01,
        [Irregularity.FutureBooking] = 0.02,
        [Irregularity.OtherPrefix] = 0.02,
    };

    /// <summary>How many visits out of <paramref name="visits"/> a share stands for; of a hundred visits or more at least one as soon as the share is above zero.</summary>
    public static int Count(double share, int visits)
    {
        var rounded = (int)Math.Round(share * visits, MidpointRounding.AwayFromZero);
        return share > 0 && visits >= 100 ? Math.Max(1, rounded) : rounded;
    }
}
