using System.Text.Json.Nodes;
using Alur.Antrean.Khanza;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Tests.Polling;

public sealed class ReadVisitTests
{
    internal const string Id = "2026/01/20/001234";
    internal static readonly DateOnly Tuesday = new(2026, 1, 20);

    [Fact]
    [Trait("Failure", "5.23")]
    [Trait("Spec", "A-010")]
    public void A_visit_of_another_payer_is_registered_from_the_schedule_without_the_patients_numbers()
    {
        var visit = Read(Visit() with { Payer = "UMU" });

        Assert.Equal(("NON_JKN", Id), (visit.Kind, visit.Kodebooking));
        AssertJson("""
            {"jenispasien":"NON JKN","kodepoli":"ANA","namapoli":"Poli \"Anak\"","pasienbaru":0,"tanggalperiksa":"2026-01-20","kodedokter":292667,
             "namadokter":"dr. Invented, Sp.A","jampraktek":"08:00-10:00","jeniskunjungan":3,"nomorantrean":"007","angkaantrean":7,
             "estimasidilayani":1768875000000,"sisakuotajkn":23,"kuotajkn":30,"sisakuotanonjkn":23,"kuotanonjkn":30,
             "keterangan":"Mohon datang 30 menit lebih awal untuk pendaftaran."}
            """, visit.Payload);
        AssertJson("""{"nomorkartu":"-","nik":"-","nohp":"-","norm":"RM0001","nomorreferensi":"-"}""", visit.Patient);
        Assert.Empty(visit.BlockedReasons);
    }

    [Fact]
    [Trait("Failure", "5.11")]
    public void The_quota_that_is_left_is_never_negative() =>
        Assert.Equal(0, (int)Read(Visit() with { Payer = "UMU", QueueNumber = "045" }).Payload["sisakuotajkn"]!);

    [Fact]
    public void A_booking_of_mobile_jkn_brings_its_own_numbers_and_only_the_estimate_is_made_anew()
    {
        var visit = Read(Visit(), Booking());

        Assert.Equal(("MOBILE_JKN", "20260120000001"), (visit.Kind, visit.Kodebooking));
        AssertJson("""
            {"jenispasien":"JKN","kodepoli":"INT","namapoli":"Poli \"Anak\"","pasienbaru":0,"tanggalperiksa":"2026-01-20","kodedokter":111222,
             "namadokter":"dr. Invented, Sp.A","jampraktek":"13:00-15:00","jeniskunjungan":1,"nomorantrean":"INT-003","angkaantrean":3,
             "estimasidilayani":1768890600000,"sisakuotajkn":17,"kuotajkn":20,"sisakuotanonjkn":9,"kuotanonjkn":10,
             "keterangan":"Mohon datang 30 menit lebih awal untuk pendaftaran."}
            """, visit.Payload);
        AssertJson("""{"nomorkartu":"0000000000001","nik":"0000000000000001","nohp":"081200000001","norm":"RM0001","nomorreferensi":"REF-1"}""", visit.Patient);
        Assert.Empty(visit.BlockedReasons);
    }

    [Fact]
    public void A_booking_with_several_telephone_numbers_or_dashes_gives_BPJS_the_first_in_digits() =>
        Assert.Equal(["081200000001", "08001234567"], new[] { "081200000001/0812", "0800-1234-567" }.Select(typed => (string)Read(Visit(), Booking() with { Phone = typed }).Patient["nohp"]!));

    [Fact]
    public void A_bpjs_patient_at_the_desk_is_the_desktops_business_and_only_a_missing_mapping_blocks_it()
    {
        var visit = Read(Visit() with { Doctor = "D3", NewPatient = true }); // no schedule, no quota, no referral

        Assert.Equal(("ONSITE_JKN", Id), (visit.Kind, visit.Kodebooking));
        Assert.Equal([], visit.BlockedReasons);
        Assert.Equal(["CLINIC_UNMAPPED"], Read(Visit() with { Clinic = "XXX" }).BlockedReasons);
        Assert.Equal(["DOCTOR_UNMAPPED"], Read(Visit() with { Doctor = "D2" }).BlockedReasons);
        Assert.False(visit.NewPatient);
    }

    [Fact]
    public void As_a_bridge_we_register_the_desks_patient_once_the_referral_is_known()
    {
        var bridge = Site(o => o.OnSiteJkn = "bridge");

        Assert.Equal(["NO_REFERENCE"], Read(Visit(), site: bridge).BlockedReasons);

        var control = Read(Visit(), site: bridge, letter: new("RUJ-1", "1. Faskes 1", "SK-9"));
        Assert.Empty(control.BlockedReasons);
        Assert.Equal((3, "SK-9"), ((int)control.Payload["jeniskunjungan"]!, (string)control.Patient["nomorreferensi"]!));

        var hospital = Read(Visit(), site: bridge, letter: new("RUJ-1", "2. Faskes 2(RS)", ""));
        Assert.Equal((4, "RUJ-1"), ((int)hospital.Payload["jeniskunjungan"]!, (string)hospital.Patient["nomorreferensi"]!));
    }

    [Theory]
    [Trait("Failure", "5.11")]
    [Trait("Failure", "5.12")]
    [Trait("Spec", "A-009")]
    [Trait("Spec", "A-156")]
    [InlineData("XXX", "D1", "UMU", "CLINIC_UNMAPPED,NO_SCHEDULE")]
    [InlineData("U0002", "D2", "UMU", "DOCTOR_UNMAPPED,NO_SCHEDULE")]
    [InlineData("U0002", "D3", "UMU", "NO_SCHEDULE")] // 00:00-00:00
    [InlineData("U0002", "D4", "UMU", "QUOTA_MISSING")] // 0
    [InlineData("U0002", "D5", "UMU", "QUOTA_MISSING")] // NULL
    [InlineData("IGDK", "D1", "UMU", "CLINIC_EXCLUDED,CLINIC_UNMAPPED,NO_SCHEDULE")]
    public void What_cannot_be_registered_is_blocked_with_every_reason(string clinic, string doctor, string payer, string reasons) =>
        Assert.Equal(reasons.Split(','), Read(Visit() with { Clinic = clinic, Doctor = doctor, Payer = payer }).BlockedReasons);

    [Fact]
    public void A_booking_without_reference_hours_doctor_or_quota_is_blocked() =>
        Assert.Equal(
            ["CLINIC_UNMAPPED", "DOCTOR_UNMAPPED", "NO_SCHEDULE", "NO_REFERENCE"],
            Read(Visit(), Booking() with { Clinic = "", Doctor = "?", Hours = "", Reference = "", QuotaJkn = 0 }).BlockedReasons);

    [Theory]
    [InlineData("Batal", "Belum", true)]
    [InlineData("Belum", "Batal", true)]
    [InlineData("Belum", "Gagal", true)]
    [InlineData("Sudah", "Checkin", false)]
    public void A_visit_is_cancelled_by_its_own_state_or_by_its_bookings(string state, string booking, bool cancelled) =>
        Assert.Equal(cancelled, Read(Visit() with { State = state }, Booking() with { State = booking }).Cancelled);

    [Fact]
    public void Of_several_bookings_of_a_visit_the_one_that_stands_counts()
    {
        var cancelled = Booking() with { Code = "20260120000009", State = "Batal" };

        Assert.Equal("20260120000001", ReadVisit.All(Snapshot(Visit(), [cancelled, Booking()]), Site()).Visits.Single().Kodebooking);
    }

    [Fact]
    [Trait("Spec", "A-005")]
    [Trait("Spec", "A-006")]
    [Trait("Spec", "A-007")]
    [Trait("Spec", "A-008")]
    [Trait("Spec", "A-017")]
    public void A_registration_tells_visit_time_clinic_and_doctor()
    {
        var visit = Read(Visit());

        Assert.Equal(Id, visit.VisitId);
        Assert.Equal(new DateTimeOffset(2026, 1, 20, 0, 45, 0, TimeSpan.Zero), visit.EventTime);
        Assert.Equal(("U0002", "D1", Tuesday), (visit.PoliId, visit.DokterId, visit.ServiceDate));
        Assert.Equal(new ObservedTask("1", visit.EventTime!.Value, "reg_periksa.jam_reg"), Assert.Single(visit.Tasks));
    }

    [Fact]
    public void The_first_source_that_is_present_gives_the_moment_even_if_a_later_one_would_fit_better()
    {
        var site = Site(o =>
        {
            o.TaskSources["3"] = ["mutasi_berkas.dikirim", "reg_periksa.jam_reg"];
            o.TaskSources["4"] = ["mutasi_berkas.diterima", "pemeriksaan_ralan.first"];
        });
        var moments = new Dictionary<(string, string), DateTime>
        {
            [(Id, "mutasi_berkas.dikirim")] = new(2026, 4, 11, 8, 0, 0), // another day: held later, not exchanged for jam_reg
            [(Id, "reg_periksa.jam_reg")] = new(2026, 1, 20, 7, 45, 0),
            [(Id, "pemeriksaan_ralan.first")] = new(2026, 1, 20, 9, 0, 0),
        };

        var tasks = Read(Visit(), site: site, moments: moments).Tasks;

        Assert.Equal(
        [
            new ObservedTask("3", new DateTimeOffset(2026, 4, 11, 1, 0, 0, TimeSpan.Zero), "mutasi_berkas.dikirim"),
            new ObservedTask("4", new DateTimeOffset(2026, 1, 20, 2, 0, 0, TimeSpan.Zero), "pemeriksaan_ralan.first"),
            new ObservedTask("5", new DateTimeOffset(2026, 1, 20, 2, 0, 0, TimeSpan.Zero), "pemeriksaan_ralan.first"),
        ], tasks.Skip(1));
    }

    [Fact]
    [Trait("Spec", "A-145")]
    public void A_moment_of_a_visit_that_is_not_there_goes_to_the_inbox()
    {
        var site = Site(o => o.TaskSources["3"] = ["referensi_mobilejkn_bpjs.validasi"]);
        var moments = new Dictionary<(string, string), DateTime> { [("2026/01/20/000009", "referensi_mobilejkn_bpjs.validasi")] = new(2026, 1, 20, 8, 0, 0) };

        var (visits, inbox) = ReadVisit.All(Snapshot(Visit(), [Booking() with { VisitId = "2026/01/20/000009" }], moments), site);

        Assert.Equal(Id, visits.Single().VisitId);
        Assert.Equal(new TaskWithoutVisit("2026/01/20/000009", "3", new DateTimeOffset(2026, 1, 20, 1, 0, 0, TimeSpan.Zero), "referensi_mobilejkn_bpjs.validasi"), inbox.Single());
    }

    [Fact]
    public void A_row_without_a_readable_date_is_left_out() =>
        Assert.Empty(ReadVisit.All(Snapshot(Visit() with { Date = null }, []), Site()).Visits);

    [Theory]
    [Trait("Spec", "A-159")]
    [InlineData("Asia/Jakarta", "2026-01-19T17:10:00Z", 1768868400000)]
    [InlineData("Asia/Makassar", "2026-01-19T16:10:00Z", 1768864800000)]
    [InlineData("Asia/Jayapura", "2026-01-19T15:10:00Z", 1768861200000)]
    public void Ten_past_midnight_belongs_to_the_hospitals_own_day(string zone, string eventTime, long estimate)
    {
        var visit = Read(Visit() with { Payer = "UMU", Time = new TimeOnly(0, 10), QueueNumber = "000" }, site: Site(o => o.Zone = zone),
            slots: [("D1", "U0002", new KhanzaSlot("SELASA", new TimeOnly(7, 20), new TimeOnly(9, 0), 30))]);

        Assert.Equal(DateTimeOffset.Parse(eventTime, System.Globalization.CultureInfo.InvariantCulture), visit.EventTime);
        Assert.Equal(Tuesday, visit.ServiceDate);
        Assert.Equal(estimate, (long)visit.Payload["estimasidilayani"]!);
    }

    [Fact]
    public void The_hash_changes_with_everything_that_is_stored_and_with_nothing_else()
    {
        var visit = Read(Visit());

        Assert.Equal(visit.Hash(), Read(Visit()).Hash());
        Assert.NotEqual(visit.Hash(), Read(Visit() with { QueueNumber = "008" }).Hash());
        Assert.NotEqual(visit.Hash(), Read(Visit() with { Card = "0000000000002" }, site: Site()).Hash());
        Assert.NotEqual(visit.Hash(), Read(Visit() with { State = "Batal" }).Hash());
        Assert.NotEqual(visit.Hash(), Read(Visit(), moments: new Dictionary<(string, string), DateTime> { [(Id, "mutasi_berkas.dikirim")] = new(2026, 1, 20, 8, 0, 0) }).Hash());
    }

    internal static VisitRead Read(
        KhanzaVisit visit, KhanzaBooking? booking = null, Site? site = null, KhanzaLetter? letter = null,
        Dictionary<(string, string), DateTime>? moments = null, (string, string, KhanzaSlot)[]? slots = null) =>
        ReadVisit.All(Snapshot(visit, booking is null ? [] : [booking], moments, letter, slots), site ?? Site()).Visits.Single();

    internal static Site Site(Action<SiteOptions>? with = null)
    {
        var options = new SiteOptions();
        with?.Invoke(options);
        return new Site(1, "default", options);
    }

    internal static KhanzaVisit Visit() => new(
        Id, "007", Tuesday, new TimeOnly(7, 45), "D1", "U0002", "RM0001", "BPJ", "Belum", NewPatient: false, Outpatient: true,
        "0000000000001", "0000000000000001", "081200000001", "Poli \"Anak\"", "dr. Invented, Sp.A", TextStripped: false);

    internal static KhanzaBooking Booking() => new(
        "20260120000001", Id, "0000000000001", "0000000000000001", "081200000001", "INT", NewPatient: false, "RM0001", Tuesday,
        "111222", "13:00-15:00", "1 (Rujukan FKTP)", "REF-1", "INT-003", "3", 17, 20, 9, 10, "Belum");

    internal static KhanzaSnapshot Snapshot(
        KhanzaVisit visit, IReadOnlyList<KhanzaBooking> bookings, Dictionary<(string, string), DateTime>? moments = null, KhanzaLetter? letter = null,
        (string, string, KhanzaSlot)[]? slots = null) => new(
        new Dictionary<string, KhanzaVisit> { [visit.VisitId] = visit }, bookings, Moments(moments ?? []),
        letter is null ? new Dictionary<string, KhanzaLetter>() : new Dictionary<string, KhanzaLetter> { [visit.VisitId] = letter },
        (slots ??
        [
            ("D1", "U0002", Slot(8, 10, 30)), ("D3", "U0002", Slot(0, 0, 30)), ("D4", "U0002", Slot(8, 10, 0)), ("D5", "U0002", Slot(8, 10, null)),
        ]).ToLookup(x => (x.Item1, x.Item2), x => x.Item3),
        new Dictionary<string, string> { ["U0002"] = "ANA" },
        new Dictionary<string, string> { ["D1"] = "292667", ["D2"] = "", ["D3"] = "3", ["D4"] = "4", ["D5"] = "5" });

    private static KhanzaMoments Moments(Dictionary<(string VisitId, string Source), DateTime> values)
    {
        var moments = new KhanzaMoments(values.Keys.Select(k => k.Source));
        foreach (var ((visit, source), moment) in values)
            moments.Add(visit, source, moment);
        return moments;
    }

    private static KhanzaSlot Slot(int from, int to, int? quota) => new("SELASA", new TimeOnly(from, 0), new TimeOnly(to, 0), quota);

    private static void AssertJson(string expected, JsonObject actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}\nactual {actual.ToJsonString()}");
}
