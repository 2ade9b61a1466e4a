namespace Alur.Simulators.Khanza;

/// <summary>The way of one patient through the house. Minutes between the stations are those of an ordinary out-patient morning.</summary>
internal static class PlanFlow
{
    /// <summary>The visit with the moments at which things happen, and with the moment of what goes wrong.</summary>
    public static PlannedVisit Of(PlannedVisit visit, bool prescription, Random random)
    {
        var irregularity = visit.Irregularity;
        var sep = After(visit.Arrives, 1, 4, random);
        var sent = After(sep, 4, 12, random);
        var received = irregularity is Irregularity.EqualPair or Irregularity.PairCorrected ? sent
            : irregularity == Irregularity.NoteBeforeFolder ? After(sent, 20, 35, random)
            : After(sent, 3, 25, random);
        var noted = irregularity == Irregularity.NoteBeforeFolder ? After(sent, 3, 18, random) : After(received, 8, 40, random);
        var noNote = irregularity == Irregularity.NoNote;
        var prescribed = irregularity == Irregularity.DeleteRefused || (prescription && !noNote) ? After(noted, 0, 4, random) : (DateTime?)null;
        return visit with
        {
            SepMade = visit.Kind == VisitKind.NonJkn ? null : sep,
            FileSent = sent,
            FileReceived = received,
            Noted = noNote ? null : noted,
            Prescribed = prescribed,
            Later = irregularity switch
            {
                Irregularity.LateEntry => After(noted, 5, 60, random),
                Irregularity.DeleteRefused => After(prescribed!.Value, 2, 10, random),
                Irregularity.PairCorrected => After(sent, 1, 40, random),
                Irregularity.Retyped or Irregularity.Erased => After(sent, 0.2, 30, random),
                Irregularity.RetypedOutOfOrder => After(received, 0.2, 30, random),
                Irregularity.CancelledLate or Irregularity.Deleted or Irregularity.BookingCancelled => Between(visit.Arrives.AddMinutes(1), noted, random),
                _ => null,
            },
        };
    }

    /// <summary>A whole second so many minutes later.</summary>
    public static DateTime After(DateTime from, double minMinutes, double maxMinutes, Random random) =>
        PlanDay.WholeSecond(from.AddMinutes(minMinutes + (random.NextDouble() * (maxMinutes - minMinutes))).AddSeconds(1));

    private static DateTime Between(DateTime from, DateTime to, Random random) => PlanDay.WholeSecond(from + ((to - from) * random.NextDouble()));
}
