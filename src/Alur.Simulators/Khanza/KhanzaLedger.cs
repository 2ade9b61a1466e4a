namespace Alur.Simulators.Khanza;

/// <summary>
/// Every state every visit was ever committed in. Written by the simulated hospital only, after the commit of its writes;
/// the bridge never sees it, so the two can be compared.
/// </summary>
public sealed class KhanzaLedger(HospitalClock clock, TimeSpan poll)
{
    private const string Sent = "mutasi_berkas.dikirim";
    private const string Received = "mutasi_berkas.diterima";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (PlannedVisit Visit, List<Entry> Entries)> _visits = new(StringComparer.Ordinal);

    private sealed record Entry(DateTimeOffset Real, VisitState State, IReadOnlyDictionary<string, string> Sources);

    /// <summary>Number of visits that exist.</summary>
    public int Visits
    {
        get
        {
            lock (_lock)
                return _visits.Count;
        }
    }

    /// <summary>Notes what a committed step changed.</summary>
    public void Committed(DayStep step, DateTimeOffset real)
    {
        var v = step.Visit;
        switch (step.Kind)
        {
            case StepKind.Book or StepKind.Register:
                Add(v, real);
                break;
            case StepKind.SendFile or StepKind.RetypeSent:
                Change(v, real, s => s, ("3", Sent, step.Typed));
                break;
            case StepKind.ReceiveFile or StepKind.RetypeReceived:
                Change(v, real, s => s, ("4", Received, step.Typed));
                break;
            case StepKind.SendAndReceiveFile:
                Change(v, real, s => s, ("3", Sent, step.Typed), ("4", Received, step.Typed));
                break;
            case StepKind.EraseSent:
                Change(v, real, s => s, ("3", Sent, null));
                break;
            case StepKind.WriteNote:
                Change(v, real, s => s, ("5", "pemeriksaan_ralan", step.Typed));
                break;
            case StepKind.Cancel:
                Change(v, real, s => s with { Cancelled = true });
                break;
            case StepKind.Delete or StepKind.CancelBooking:
                // The cascade takes everything that was typed in.
                Change(v, real, s => s with { Gone = true }, [.. SendingRules.Tasks.Select(task => (task, "", (DateTime?)null))]);
                break;
            case StepKind.CheckIn or StepKind.MakeSep or StepKind.Prescribe or StepKind.ReturnFile or StepKind.GarbleReceipt or StepKind.GarbleNote or StepKind.TryToDelete:
                // Nothing that tells a moment.
                break;
        }
    }

    /// <summary>Notes that BPJS acknowledged the desktop's own registration of the visit.</summary>
    public void ToldByDesktop(PlannedVisit visit, DateTimeOffset real) => Change(visit, real, s => s with { ToldByDesktop = true });

    /// <summary>Whether the visit was cancelled or deleted, so that nobody works on it any more.</summary>
    public bool IsOver(PlannedVisit visit)
    {
        lock (_lock)
            return _visits[visit.NoRawat].Entries[^1].State is { Gone: true } or { Cancelled: true };
    }

    /// <summary>The whole book as it stands.</summary>
    public LedgerDocument Document(HospitalDay day, bool ended)
    {
        lock (_lock)
        {
            return new(
                day.Request.Day,
                ended,
                day.Visits.Where(v => v.Irregularity != Irregularity.None).CountBy(v => v.Irregularity).ToDictionary(),
                [.. _visits.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => Describe(v.Value.Visit, v.Value.Entries))]);
        }
    }

    private void Add(PlannedVisit v, DateTimeOffset real)
    {
        var today = DateOnly.FromDateTime(clock.Start.DateTime);
        // A time that nobody can read is no time; the day is known all the same.
        var registered = v.Irregularity == Irregularity.UnreadableRegistration ? v.ServiceDate.ToDateTime(TimeOnly.MinValue) : v.Registered;
        var state = new VisitState(v.Kind, v.ServiceDate, new Dictionary<string, DateTimeOffset> { ["1"] = At(registered) })
        {
            Obstacle = SendingRules.ObstacleOf(v, today),
            NeedsAdmission = v.Irregularity == Irregularity.NewPatient,
        };
        lock (_lock)
            _visits.Add(v.NoRawat, (v, [new(real, state, new Dictionary<string, string> { ["1"] = "reg_periksa" })]));
    }

    private void Change(PlannedVisit visit, DateTimeOffset real, Func<VisitState, VisitState> change, params (string Task, string Source, DateTime? Moment)[] moments)
    {
        lock (_lock)
        {
            var entries = _visits[visit.NoRawat].Entries;
            var last = entries[^1];
            var values = last.State.Moments.ToDictionary();
            var sources = last.Sources.ToDictionary();
            foreach (var (task, source, moment) in moments)
            {
                if (moment is { } typed)
                    (values[task], sources[task]) = (At(typed), source);
                else
                    values.Remove(task);
            }

            entries.Add(new(real, change(last.State) with { Moments = values }, sources));
        }
    }

    private DateTimeOffset At(DateTime wall) => new(wall, clock.Start.Offset);

    private LedgerVisit Describe(PlannedVisit v, List<Entry> entries)
    {
        var moments = SendingRules.Tasks.SelectMany(task => MomentsOf(task, entries)).ToList();
        return new(v.NoRawat, v.Kodebooking, v.Kind, v.Clinic.Code, v.ServiceDate, v.Irregularity, moments, entries[^1].State);
    }

    private IEnumerable<LedgerMoment> MomentsOf(string task, List<Entry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (!entries[i].State.Moments.TryGetValue(task, out var moment) || SameMoment(entries, i - 1, task, moment))
                continue;
            var end = i + 1;
            while (SameMoment(entries, end, task, moment))
                end++;
            DateTimeOffset? until = end < entries.Count ? entries[end].Real : null;
            var tellable = Enumerable.Range(i, end - i).Where(n => SendingRules.MayBeTold([.. entries.Take(n + 1).Select(e => e.State)], task)).ToList();
            var lived = tellable.Aggregate(TimeSpan.Zero, (sum, n) => sum + ((n + 1 < entries.Count ? entries[n + 1].Real : DateTimeOffset.MaxValue) - entries[n].Real));
            yield return new(task, entries[i].Sources[task], moment, moment.ToUnixTimeMilliseconds(),
                clock.At(entries[i].Real), until is { } u ? clock.At(u) : null, entries[i].Real, until,
                tellable.Count > 0, tellable.Count > 0 && lived < poll);
        }
    }

    private static bool SameMoment(List<Entry> entries, int index, string task, DateTimeOffset moment) =>
        index >= 0 && index < entries.Count && entries[index].State.Moments.TryGetValue(task, out var other) && other == moment;
}
