using Alur.Antrean.Polling;
using static Alur.Antrean.Tests.Polling.ReadVisitTests;

namespace Alur.Antrean.Tests.Polling;

public sealed class RegistrationTimeTests
{
    [Fact]
    public void A_time_of_registration_that_cannot_be_read_blocks_the_visit_and_nothing_is_made_of_it()
    {
        foreach (var payer in (string[])["UMU", "BPJ"])
        {
            var visit = Read(Visit() with { Payer = payer, Time = null });

            Assert.Null(visit.EventTime);
            Assert.Equal(["TIME_UNREADABLE"], visit.BlockedReasons);
            Assert.Null(visit.Payload["estimasidilayani"]);
            Assert.Equal(("1", "reg_periksa.tgl_registrasi"), (visit.Tasks.Single().Task, visit.Tasks.Single().Source));
        }
    }

    /// <summary>Found by fuzzing: the estimate of such a place lies beyond the last year of the calendar, and that stopped the poll of the whole hospital.</summary>
    [Fact]
    public void What_is_no_place_in_a_queue_does_not_stop_the_poll()
    {
        var site = Site(o => o.MinutesPerPatient = 240);
        var visit = ReadVisit.All(Snapshot(Visit() with { QueueNumber = "99999999" }, [Booking() with { QueueFigure = "2147483647" }], []), site).Visits.Single();

        Assert.Equal(0, (int)visit.Payload["angkaantrean"]!);
        Assert.Equal(visit.EventTime!.Value.ToUnixTimeMilliseconds(), (long)visit.Payload["estimasidilayani"]!);
    }

    [Fact]
    public void A_booking_begins_with_the_hours_it_is_for_because_the_day_of_its_jam_reg_is_not_known()
    {
        var site = Site(o => o.TaskSources["3"] = ["referensi_mobilejkn_bpjs.validasi", "reg_periksa.jam_reg"]);
        var booked = Visit() with { Time = new TimeOnly(19, 30) }; // the evening before
        var moments = new Dictionary<(string, string), DateTime> { [(Id, "reg_periksa.jam_reg")] = Tuesday.ToDateTime(new TimeOnly(19, 30)) };

        var visit = ReadVisit.All(Snapshot(booked, [Booking()], moments), site).Visits.Single();

        Assert.Equal(new DateTimeOffset(2026, 1, 20, 6, 0, 0, TimeSpan.Zero), visit.EventTime);
        Assert.Equal([new ObservedTask("1", visit.EventTime!.Value, "referensi_mobilejkn_bpjs.jampraktek")], visit.Tasks);
        Assert.Equal(["1", "3"], ReadVisit.All(Snapshot(booked, [], moments), site).Visits.Single().Tasks.Select(t => t.Task)); // at the desk it is one
        Assert.Null(Read(booked, Booking() with { Hours = "?" }).EventTime);
    }
}
