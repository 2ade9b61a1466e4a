namespace Alur.Simulators.Khanza;

/// <summary>What is typed in for one visit and when, its irregularity included. What would come after closing never happens.</summary>
internal static class VisitSteps
{
    /// <summary>The steps, in any order.</summary>
    public static IEnumerable<DayStep> Of(PlannedVisit v, DayRequest request)
    {
        var (opens, closes) = (request.Day.ToDateTime(request.Opens), request.Day.ToDateTime(request.Closes));
        if (v.Irregularity == Irregularity.AcrossMidnight)
            return Stations(v).Prepend(new(v.Arrives, StepKind.Register, v)).Select(s => s with { At = opens, Moment = s.Typed });
        if (v.Irregularity == Irregularity.FutureBooking)
            return [new(v.Arrives, StepKind.Book, v)];
        var ends = v.Irregularity is Irregularity.CancelledLate or Irregularity.BookingCancelled or Irregularity.Deleted ? v.Later!.Value : closes;
        return
        [
            .. Arrival(v, opens),
            .. Stations(v).Where(s => s.At < closes && s.At < ends),
            .. Afterwards(v).Where(s => s.At < closes),
        ];
    }

    // Booked before the day begins: the rows are there when the doors open.
    private static IEnumerable<DayStep> Arrival(PlannedVisit v, DateTime opens) => v.Kind == VisitKind.MobileJkn
        ? [new(opens, StepKind.Book, v), new(v.Arrives, StepKind.CheckIn, v)]
        : [new(v.Arrives, StepKind.Register, v)];

    private static IEnumerable<DayStep> Stations(PlannedVisit v)
    {
        if (v.SepMade is { } sep)
            yield return new(sep, StepKind.MakeSep, v);
        if (v is { FileSent: { } sent, FileReceived: { } received })
        {
            foreach (var step in File(v, sent, received))
                yield return step;
        }

        if (v.Noted is { } noted)
            yield return new(noted, v.Irregularity == Irregularity.NegativeTime ? StepKind.GarbleNote : StepKind.WriteNote, v);
        if (v.Prescribed is { } prescribed)
            yield return new(prescribed, StepKind.Prescribe, v);
    }

    private static DayStep[] File(PlannedVisit v, DateTime sent, DateTime received) => v.Irregularity switch
    {
        Irregularity.EqualPair or Irregularity.PairCorrected => [new(sent, StepKind.SendAndReceiveFile, v)],
        Irregularity.LateEntry => [new(v.Later!.Value, StepKind.SendFile, v, sent), new(v.Later.Value.AddSeconds(20), StepKind.ReceiveFile, v, received)],
        Irregularity.WrongDay => [new(sent, StepKind.SendFile, v, sent.AddDays(-1)), new(received, StepKind.ReceiveFile, v)],
        Irregularity.ZeroDate => [new(sent, StepKind.SendFile, v), new(received, StepKind.ReturnFile, v)],
        Irregularity.HalfZeroDate => [new(sent, StepKind.SendFile, v), new(received, StepKind.GarbleReceipt, v)],
        _ => [new(sent, StepKind.SendFile, v), new(received, StepKind.ReceiveFile, v)],
    };

    private static DayStep[] Afterwards(PlannedVisit v) => v.Irregularity switch
    {
        Irregularity.CancelledEarly => [new(v.Cancelled!.Value, StepKind.Cancel, v)],
        Irregularity.CancelledLate => [new(v.Later!.Value, StepKind.Cancel, v)],
        Irregularity.BookingCancelled => [new(v.Later!.Value, StepKind.CancelBooking, v)],
        Irregularity.Deleted => [new(v.Later!.Value, StepKind.Delete, v)],
        Irregularity.DeleteRefused => [new(v.Later!.Value, StepKind.TryToDelete, v)],
        Irregularity.PairCorrected => [new(v.Later!.Value, StepKind.RetypeReceived, v, v.FileSent!.Value.AddMinutes(3))],
        Irregularity.Retyped => [new(v.Later!.Value, StepKind.RetypeSent, v, v.FileSent!.Value.AddSeconds(-40))],
        Irregularity.RetypedOutOfOrder => [new(v.Later!.Value, StepKind.RetypeSent, v, v.FileReceived!.Value.AddMinutes(1))],
        Irregularity.Erased => [new(v.Later!.Value, StepKind.EraseSent, v)],
        _ => [],
    };
}
