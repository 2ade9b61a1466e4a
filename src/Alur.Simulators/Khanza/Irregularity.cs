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

    /// <summary>With a doctor whom nobody gave a BPJS code.</summary>
    UnmappedDoctor,

    /// <summary>With a doctor whose schedule has only rows without hours (00:00 to 00:00).</summary>
    NoSchedule,

    /// <summary>With a doctor whose schedule has a quota of 0 or none at all.</summary>
    NoQuota,

    /// <summary>Never here before: BPJS expects admission tasks that nobody records.</summary>
    NewPatient,

    /// <summary>The doctor never writes a note, so the end of the consultation is unknown.</summary>
    NoNote,

    /// <summary>The file is marked sent and received by one click: both moments are equal.</summary>
    EqualPair,

    /// <summary>The same, and somebody corrects the receipt later.</summary>
    PairCorrected,

    /// <summary>The note is written before the file is scanned as received: the moments are reversed.</summary>
    NoteBeforeFolder,

    /// <summary>The file movement is typed in after the note, with the moments at which it happened.</summary>
    LateEntry,

    /// <summary>The file is marked sent on the day before by a slip of the hand.</summary>
    WrongDay,

    /// <summary>The file comes back without ever being marked received: <c>diterima</c> stays a zero date.</summary>
    ZeroDate,

    /// <summary><c>diterima</c> is a half-zero date such as 2026-11-00.</summary>
    HalfZeroDate,

    /// <summary>The note's time is negative or later than 24 hours.</summary>
    NegativeTime,

    /// <summary>The registration has a time or a date that cannot be read.</summary>
    UnreadableRegistration,

    /// <summary>The file's moment of sending is corrected by some seconds, perhaps after BPJS was told.</summary>
    Retyped,

    /// <summary>The file's moment of sending is changed to one after its receipt.</summary>
    RetypedOutOfOrder,

    /// <summary>The file's moment of sending is emptied again.</summary>
    Erased,

    /// <summary>The patient changes their mind at the desk; cancelled a few minutes after registering.</summary>
    CancelledEarly,

    /// <summary>Cancelled in the middle of the visit.</summary>
    CancelledLate,

    /// <summary>Cancelled in the app: the visit is deleted, its booking stays as cancelled.</summary>
    BookingCancelled,

    /// <summary>The visit's row is deleted, and with it file movement, notes and SEP.</summary>
    Deleted,

    /// <summary>Somebody tries to delete a visit with a prescription, and the database refuses.</summary>
    DeleteRefused,

    /// <summary>Registered today for yesterday.</summary>
    BackDated,

    /// <summary>Registered before midnight, seen after it.</summary>
    AcrossMidnight,

    /// <summary>Booked today for tomorrow; the visit's number begins with either day.</summary>
    FutureBooking,

    /// <summary>The visit's number begins with yesterday's date, the visit is today.</summary>
    OtherPrefix,
}
