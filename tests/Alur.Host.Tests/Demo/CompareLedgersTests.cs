using Alur.Host.Commands.Demo;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;

namespace Alur.Host.Tests.Demo;

/// <summary>Hand-made ledgers with one fault each: a comparison that cannot fail would prove nothing.</summary>
public sealed class CompareLedgersTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly DateTimeOffset Began = new(2026, 11, 23, 1, 0, 0, TimeSpan.Zero);
    private int _calls;

    private static DateTimeOffset At(int hour, int minute) => new(2026, 11, 20, hour, minute, 0, TimeSpan.FromHours(7));

    private static LedgerMoment Moment(string task, DateTimeOffset at, bool tellable = true) =>
        new(task, "column", at, at.ToUnixTimeMilliseconds(), at, null, Began, null, tellable, false);

    private static LedgerVisit Visit(string code = "A", VisitKind kind = VisitKind.NonJkn) => new(
        code, code, kind, "INT", Day, Irregularity.None,
        [Moment("1", At(7, 0)), Moment("3", At(7, 10)), Moment("4", At(7, 30)), Moment("5", At(8, 0))],
        new(kind, Day, new Dictionary<string, DateTimeOffset> { ["1"] = At(7, 0), ["3"] = At(7, 10), ["4"] = At(7, 30), ["5"] = At(8, 0) })
        {
            ToldByDesktop = kind == VisitKind.OnSiteJkn,
        });

    private static VisitState With(VisitState state, string task, DateTimeOffset? moment)
    {
        var moments = state.Moments.Where(m => m.Key != task).ToDictionary();
        if (moment is { } there)
            moments[task] = there;
        return state with { Moments = moments };
    }

    private static LedgerDocument Hospital(params LedgerVisit[] visits) => new(Day, true, new Dictionary<Irregularity, int>(), visits);

    private CallEntry Call(string code, int? task, DateTimeOffset? waktu = null, string outcome = "accepted", bool duplicate = false, string sender = "bridge")
    {
        var nth = ++_calls;
        return new(nth, At(7, 0).AddSeconds(nth), Began.AddSeconds(nth), task is null ? "antrean/add" : "antrean/updatewaktu",
            code, task, waktu?.ToUnixTimeMilliseconds(), outcome, duplicate, false, sender);
    }

    private List<CallEntry> Told(string code = "A", string desk = "bridge") =>
        [Call(code, null, sender: desk), Call(code, 3, At(7, 10)), Call(code, 4, At(7, 30)), Call(code, 5, At(8, 0))];

    // The stand-in's books as they follow from the calls, in the order given.
    private static BpjsLedger Bpjs(IEnumerable<CallEntry> calls, string kind = "NON JKN", int day = 20, params string[] cancelled)
    {
        var all = calls.Select((c, i) => c with { Seq = i + 1 }).ToList();
        var fresh = all.Where(c => c is { Outcome: "accepted", Duplicate: false }).ToList();
        return new(
            [.. fresh.Where(c => c.Taskid is null).Select(c => new BookingEntry(c.Kodebooking!, new(2026, 11, day), kind, c.Sumber, c.At))],
            [.. fresh.Where(c => c.Taskid is not null).Select(c => new TaskEntry(c.Kodebooking!, c.Taskid!.Value, c.Waktu!.Value, c.Sumber, c.At))],
            [.. cancelled.Select(c => new CancelEntry(c, "", "bridge", At(9, 0)))],
            [],
            all,
            new(0, 0, 0, 0, 0, new Dictionary<string, SenderCounts>()));
    }

    private static string Faults(Comparison c) => string.Join(' ', c.Findings.Select(f => $"{f.Fault}:{f.Task}"));

    [Fact]
    public void Ledgers_that_agree_show_no_fault()
    {
        var result = CompareLedgers.Run(Hospital(Visit()), Bpjs(Told()));

        Assert.Equal("", Faults(result));
        Assert.Equal((4, 4, 4, 0), (result.Sendable, result.Accepted, result.Attempts, result.Forgiven));
    }

    [Fact]
    public void A_task_that_BPJS_never_accepted_is_lost()
    {
        Assert.Equal("Lost:5", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs(Told().Take(3)))));
        Assert.Equal("Lost:1 Lost:3 Lost:4 Lost:5", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs([]))));
    }

    [Fact]
    public void A_refused_or_faulty_call_does_not_count_as_told() =>
        Assert.Equal("Lost:5 Lost:5", Faults(CompareLedgers.Run(Hospital(Visit(), Visit("B")),
            Bpjs([.. Told().Take(3), Call("A", 5, At(8, 0), "fault"), .. Told("B").Take(3), Call("B", 5, At(8, 0), "refused")]))));

    [Fact]
    public void A_call_before_its_predecessor_was_accepted_is_out_of_order_even_when_refused()
    {
        var told = Told();

        Assert.Equal("OutOfOrder:5", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs([told[0], told[1], Call("A", 5, At(8, 0), "refused"), told[2], told[3]]))));
        Assert.Equal("OutOfOrder:3", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs([Call("A", 3, At(7, 10), "refused"), .. told]))));
    }

    [Fact]
    public void A_fault_before_the_call_was_looked_at_orders_nothing() =>
        Assert.Equal("", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs([Call("A", 3, At(7, 10), "fault"), .. Told()]))));

    [Fact]
    public void A_predecessor_that_never_happened_is_not_waited_for()
    {
        var visit = Visit();
        var result = CompareLedgers.Run(
            Hospital(visit with { Moments = [.. visit.Moments.Where(m => m.Task != "4")], State = With(visit.State, "4", null) }),
            Bpjs(Told().Where(c => c.Taskid != 4)));

        Assert.Equal(0, result.OutOfOrder);
    }

    [Fact]
    public void A_call_after_an_acknowledged_acceptance_is_a_duplicate()
    {
        Assert.Equal("Duplicate:3", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs([.. Told(), Call("A", 3, At(7, 10), duplicate: true)]))));
        Assert.Equal("Duplicate:1", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs([.. Told(), Call("A", null, duplicate: true)]))));
    }

    [Fact]
    public void Asking_again_because_the_answer_was_lost_is_not_a_duplicate()
    {
        var told = Told();
        var lost = told[1] with { AcceptedButAnswerLost = true };
        var again = Call("A", 3, At(7, 10), duplicate: true);

        var result = CompareLedgers.Run(Hospital(Visit()), Bpjs([told[0], lost, again, told[2], told[3]]));
        Assert.Equal("", Faults(result));
        Assert.Equal((5, 1), (result.Attempts, result.Forgiven));

        // Once 208 said so, there is no excuse left.
        var looped = CompareLedgers.Run(Hospital(Visit()), Bpjs([told[0], lost, again, again, told[2], told[3]]));
        Assert.Equal(("Duplicate:3", 1), (Faults(looped), looped.Forgiven));
    }

    [Fact]
    public void A_moment_the_hospital_never_had_is_invented()
    {
        var told = Told();
        told[2] = told[2] with { Waktu = At(7, 31).ToUnixTimeMilliseconds() };

        Assert.Equal("Invented:4", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs(told))));
        Assert.Equal("Invented:1 Invented:3", Faults(CompareLedgers.Run(Hospital(), Bpjs(Told("X").Take(2)))));
    }

    [Fact]
    public void Telling_what_the_hospital_holds_back_is_invented()
    {
        var visit = Visit();
        var held = visit with
        {
            Moments = [.. visit.Moments.Take(3), Moment("5", At(8, 0), tellable: false)],
            State = With(visit.State, "5", At(7, 5)),
        };

        Assert.Equal("Invented:5", Faults(CompareLedgers.Run(Hospital(held), Bpjs(Told()))));
        Assert.Equal("", Faults(CompareLedgers.Run(Hospital(held), Bpjs(Told().Take(3)))));
    }

    [Fact]
    public void A_registration_with_the_wrong_day_or_kind_is_invented()
    {
        Assert.Equal("Invented:1", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs(Told(), day: 21))));
        Assert.Equal("Invented:1", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs(Told(), kind: "JKN"))));
    }

    [Fact]
    public void On_site_BPJS_patients_are_registered_by_the_desk_alone()
    {
        var visit = Visit(kind: VisitKind.OnSiteJkn);

        var byDesk = CompareLedgers.Run(Hospital(visit), Bpjs(Told(desk: "desktop"), "JKN"));
        Assert.Equal("", Faults(byDesk));
        Assert.Equal((3, 1, 3), (byDesk.Sendable, byDesk.ByDesktop, byDesk.Attempts));

        Assert.Equal("Invented:1", Faults(CompareLedgers.Run(Hospital(visit), Bpjs(Told(), "JKN"))));
        Assert.Equal("Duplicate:1", Faults(CompareLedgers.Run(Hospital(visit), Bpjs([.. Told(desk: "desktop"), Call("A", null, duplicate: true)], "JKN"))));
    }

    [Fact]
    public void Cancelling_a_visit_that_goes_on_is_invented()
    {
        var cancelled = Visit();
        cancelled = cancelled with { State = cancelled.State with { Cancelled = true } };

        Assert.Equal("Invented:99", Faults(CompareLedgers.Run(Hospital(Visit()), Bpjs(Told(), cancelled: "A"))));
        Assert.Equal("", Faults(CompareLedgers.Run(Hospital(cancelled), Bpjs([], cancelled: "A"))));
    }

    [Fact]
    public void What_follows_is_judged_by_what_BPJS_holds_of_the_step_before()
    {
        var retyped = Visit();
        retyped = retyped with { Moments = [.. retyped.Moments, Moment("3", At(7, 40))], State = With(retyped.State, "3", At(7, 40)) };

        // Told before it was retyped: the later steps follow that. Not told: they do not follow what the table says.
        Assert.Equal("Lost:4 Lost:5", Faults(CompareLedgers.Run(Hospital(retyped), Bpjs(Told().Take(2)))));
        Assert.Equal("Lost:1 Lost:3", Faults(CompareLedgers.Run(Hospital(retyped), Bpjs([]))));
    }

    [Fact]
    public void What_BPJS_holds_is_what_was_to_be_told_and_what_was_told_before_the_visit_was_cancelled()
    {
        var (cancelled, desk) = (Visit("B"), Visit("C", VisitKind.OnSiteJkn));
        cancelled = cancelled with { State = cancelled.State with { Cancelled = true } };

        var result = CompareLedgers.Run(Hospital(Visit(), cancelled, desk), Bpjs([.. Told().Take(3), .. Told("B").Take(2), .. Told("C", desk: "desktop")]));

        Assert.Equal((7, 1, 2, 1, 9), (result.Sendable, result.ByDesktop, result.Overtaken, result.Lost, result.Accepted));
    }
}
