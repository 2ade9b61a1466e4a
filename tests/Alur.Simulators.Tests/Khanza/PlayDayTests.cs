using System.Globalization;
using System.Net.Http.Json;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;
using Alur.Testing;

namespace Alur.Simulators.Tests.Khanza;

/// <summary>A small day played into a real MariaDB, with the desktop talking to the BPJS stand-in over HTTP.</summary>
public sealed class PlayDayTests
{
    private static readonly DateTimeOffset Seven = new(2026, 11, 20, 7, 0, 0, TimeSpan.FromHours(7));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static HospitalClock Clock(double seconds) => new(Seven, Seven.AddHours(8), 8 * 3600 / seconds, DateTimeOffset.UtcNow);

    private static DesktopOptions Desktop(BpjsSimulator bpjs, string secret = "simulator-secret") => new(new Uri(bpjs.Url), "10000", secret, "simulator-user-key");

    private static async Task<Dictionary<string, string>> Read(MariaDbTestDatabase database, string sql)
    {
        await using var command = database.Reader.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var rows = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(Ct))
            rows.Add(reader.GetString(0), reader.GetString(1));
        return rows;
    }

    [Fact]
    public async Task What_the_ledger_says_is_what_stands_in_the_database()
    {
        await using var database = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(database.Writer, Ct);
        await using var bpjs = await BpjsSimulator.Start(new BpjsSimulatorOptions(), Ct);
        bpjs.SetHospitalClock(Seven);
        var clock = Clock(seconds: 2);
        var day = PlanDay.From(new DayRequest(new(2026, 11, 20), 120, 5));

        await using var simulator = await KhanzaSimulator.Start(new(day, clock, database.Writer, Desktop(bpjs), TimeSpan.FromSeconds(0.5)), Ct);
        await simulator.Finished.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        using var http = new HttpClient();
        var ledger = await http.GetFromJsonAsync<LedgerDocument>(new Uri(simulator.Url, "/_control/ledger"), LedgerJson.Options, Ct);

        Assert.Null(simulator.Progress.Error);
        Assert.True(ledger!.Ended);
        Assert.Equal(120, ledger.Visits.Count);
        // What stands there in the end; what was replaced or deleted is in the ledger alone.
        var moments = ledger.Visits.SelectMany(v => v.Moments.Where(m => m.ToReal is null).Select(m => (v.VisitId, m.Task, At: m.Moment.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)))).ToLookup(m => m.Task);
        var unreadable = day.Visits.Where(v => v.Irregularity == Irregularity.UnreadableRegistration).Select(v => (v.NoRawat, "1")).ToHashSet();
        foreach (var (task, sql) in new[]
        {
            ("1", "select no_rawat, concat(tgl_registrasi, ' ', jam_reg) from reg_periksa where tgl_registrasi > 0 and jam_reg between 0 and 240000"),
            ("3", "select no_rawat, cast(dikirim as char) from mutasi_berkas where dikirim > 0"),
            ("4", "select no_rawat, cast(diterima as char) from mutasi_berkas where day(diterima) > 0"),
            ("5", "select no_rawat, concat(tgl_perawatan, ' ', jam_rawat) from pemeriksaan_ralan where jam_rawat between 0 and 240000"),
        })
        {
            Assert.Equal(await Read(database, sql), moments[task].Where(m => !unreadable.Contains((m.VisitId, m.Task))).ToDictionary(m => m.VisitId, m => m.At));
        }

        Assert.Equal(
            (await Read(database, "select no_rawat, stts from reg_periksa where stts = 'Batal'")).Keys.Order(StringComparer.Ordinal),
            ledger.Visits.Where(v => v.Now.Any(t => t.Standing == Standing.Cancelled)).Select(v => v.VisitId));
    }

    [Fact]
    public async Task The_desktop_registers_on_site_patients_of_mapped_clinics_and_nobody_else()
    {
        await using var database = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(database.Writer, Ct);
        await using var bpjs = await BpjsSimulator.Start(new BpjsSimulatorOptions { Faults = new BpjsFaults { Seed = 3, ServerError = 0.2, BrokenBase64 = 0.3, AcceptedThenLost = 0.1, SlowSeconds = 1 } }, Ct);
        bpjs.SetHospitalClock(Seven);
        var day = PlanDay.From(new DayRequest(new(2026, 11, 20), 60, 5));

        await using var simulator = await KhanzaSimulator.Start(new(day, Clock(seconds: 6), database.Writer, Desktop(bpjs), TimeSpan.FromSeconds(0.5)), Ct);
        await simulator.Finished.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        var expected = day.Steps.Where(s => s.Kind == StepKind.MakeSep).Select(s => s.Visit)
            .Where(v => v.Kind == VisitKind.OnSiteJkn && v.Clinic.BpjsCode is not null && v.Doctor.BpjsCode is not null).ToList();
        var booked = bpjs.Ledger.Bookings.Select(b => b.Kodebooking).ToList();
        Assert.Empty(booked.Except(expected.Select(v => v.Kodebooking)));
        // A visit that is cancelled while BPJS answers with faults is not tried again; the others are, until BPJS has them.
        var over = simulator.Progress is { Ended: true } ? day.Steps.Where(s => s.Kind is StepKind.Cancel or StepKind.Delete or StepKind.CancelBooking).Select(s => s.Visit).ToHashSet() : [];
        Assert.Empty(expected.Except(over).Select(v => v.Kodebooking).Except(booked));
        Assert.True(booked.Count > over.Count, $"{booked.Count} of {expected.Count}");
        Assert.All(bpjs.Ledger.Bookings, b => Assert.Equal("desktop", b.Sumber));
        Assert.Contains(bpjs.Ledger.Calls, c => c.Outcome == "fault");
    }

    [Fact]
    public async Task A_deletion_takes_what_hangs_on_the_visit_and_a_prescription_forbids_it()
    {
        await using var database = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(database.Writer, Ct);
        var day = PlanDay.From(new DayRequest(new(2026, 11, 20), 200, 9));

        await using var simulator = await KhanzaSimulator.Start(new(day, Clock(seconds: 2), database.Writer, null, TimeSpan.FromSeconds(1)), Ct);
        await simulator.Finished.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        Assert.Null(simulator.Progress.Error);
        var there = (await Read(database, "select no_rawat, stts from reg_periksa")).Keys;
        var deleted = day.Steps.Where(s => s.Kind is StepKind.Delete or StepKind.CancelBooking).Select(s => s.Visit.NoRawat).ToList();
        Assert.NotEmpty(deleted);
        Assert.Empty(deleted.Intersect(there));
        Assert.Empty((await Read(database, "select no_rawat, status from mutasi_berkas")).Keys.Intersect(deleted));
        Assert.Empty((await Read(database, "select no_rawat, no_sep from bridging_sep")).Keys.Intersect(deleted));
        Assert.Empty(day.Steps.Where(s => s.Kind == StepKind.TryToDelete).Select(s => s.Visit.NoRawat).Except(there));
        Assert.Equal(
            day.Steps.Where(s => s.Kind == StepKind.CancelBooking).Select(s => s.Visit.Kodebooking).Order(StringComparer.Ordinal),
            (await Read(database, "select nobooking, statuskirim from referensi_mobilejkn_bpjs_batal")).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_database_that_refuses_ends_the_day_with_a_reason()
    {
        await using var database = await MariaDbTestServer.CreateDatabase();
        var day = PlanDay.From(new DayRequest(new(2026, 11, 20), 5, 5));

        await using var simulator = await KhanzaSimulator.Start(new(day, Clock(seconds: 1), database.Writer, null, TimeSpan.FromSeconds(1)), Ct);
        await simulator.Finished.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        Assert.Contains("penjab", simulator.Progress.Error, StringComparison.Ordinal);
        Assert.False(simulator.Progress.Ended);
    }
}
