namespace Alur.Simulators.Khanza;

/// <summary>How the patient came to the visit.</summary>
public enum VisitKind
{
    /// <summary>Booked with the Mobile JKN app, days ahead.</summary>
    MobileJkn,

    /// <summary>BPJS patient at the desk; the hospital's desktop tells BPJS of the booking.</summary>
    OnSiteJkn,

    /// <summary>Anybody else.</summary>
    NonJkn,
}

/// <summary>An invented person. Numbers start with digits that no real number of the kind starts with.</summary>
/// <param name="Phone">The telephone number.</param>
/// <param name="PhoneTyped">The same as somebody typed it, perhaps with others beside it.</param>
public sealed record Patient(string NoRkmMedis, string Name, string Sex, DateOnly Born, string Nik, string Card, string Phone, string PhoneTyped);

/// <summary>One visit of the plan. All times are the hospital's wall clock; null: it never happens.</summary>
public sealed record PlannedVisit
{
    public required string NoRawat { get; init; }
    public required string NoReg { get; init; }
    public required VisitKind Kind { get; init; }

    /// <summary>The code BPJS knows the visit by: nobooking for Mobile JKN, else no_rawat.</summary>
    public required string Kodebooking { get; init; }
    public required DateOnly ServiceDate { get; init; }
    public required Clinic Clinic { get; init; }
    public required Doctor Doctor { get; init; }
    public required Patient Patient { get; init; }
    public required Irregularity Irregularity { get; init; }

    /// <summary>jam_reg: when the row was made; for a booking the time of day at which it was booked, days ahead.</summary>
    public required TimeOnly JamReg { get; init; }

    /// <summary>Referral number of a BPJS patient, else "-".</summary>
    public required string Reference { get; init; }

    /// <summary>When the patient comes: registration at the desk, or check-in of a booking.</summary>
    public required DateTime Arrives { get; init; }
    public DateTime? SepMade { get; init; }
    public DateTime? FileSent { get; init; }
    public DateTime? FileReceived { get; init; }
    public DateTime? Noted { get; init; }
    public DateTime? Prescribed { get; init; }
    public DateTime? Cancelled { get; init; }

    /// <summary>When somebody corrects, empties, cancels or deletes, or at last types in, what <see cref="Irregularity"/> says.</summary>
    public DateTime? Later { get; init; }

    /// <summary>The SEP was made on a control letter, not on a referral.</summary>
    public bool HasControlLetter { get; init; }

    /// <summary>The moment of REGISTER: tgl_registrasi and jam_reg together.</summary>
    public DateTime Registered => ServiceDate.ToDateTime(JamReg);
}

/// <summary>What somebody at the hospital does.</summary>
public enum StepKind
{
    Book,
    Register,
    CheckIn,
    MakeSep,
    SendFile,
    ReceiveFile,
    SendAndReceiveFile,
    ReturnFile,
    GarbleReceipt,
    WriteNote,
    GarbleNote,
    Prescribe,
    RetypeSent,
    RetypeReceived,
    EraseSent,
    Cancel,
    CancelBooking,
    Delete,
    TryToDelete,
}

/// <summary>One thing done for one visit at one moment.</summary>
/// <param name="At">When it is typed in.</param>
/// <param name="Moment">The moment that is typed in, where it is not the same.</param>
public sealed record DayStep(DateTime At, StepKind Kind, PlannedVisit Visit, DateTime? Moment = null)
{
    /// <summary>What the row says.</summary>
    public DateTime Typed => Moment ?? At;
}

/// <summary>What a day is planned from; the same values give the same day.</summary>
public sealed record DayRequest(DateOnly Day, int Visits, int Seed)
{
    public TimeOnly Opens { get; init; } = new(7, 0);
    public TimeOnly Closes { get; init; } = new(15, 0);
    public DayShares Shares { get; init; } = new();

    /// <summary>Digits of the running number in visits and bookings: six in Khanza, others in some forks of it.</summary>
    public int NumberDigits { get; init; } = KhanzaDigits;

    /// <summary>As Khanza numbers.</summary>
    public const int KhanzaDigits = 6;

    /// <summary>As a fork numbers (<see cref="KhanzaSchema.Fork"/>).</summary>
    public const int ForkDigits = 4;
}

/// <summary>A whole hospital day, planned before anything is written.</summary>
public sealed record HospitalDay(DayRequest Request, IReadOnlyList<PlannedVisit> Visits)
{
    /// <summary>Everything that happens before opening or during the day, in order of time; bookings made before come first.</summary>
    public IReadOnlyList<DayStep> Steps { get; } =
        [.. Visits.SelectMany(v => VisitSteps.Of(v, Request)).OrderBy(s => s.At).ThenBy(s => s.Kind).ThenBy(s => s.Visit.NoRawat, StringComparer.Ordinal)];
}
