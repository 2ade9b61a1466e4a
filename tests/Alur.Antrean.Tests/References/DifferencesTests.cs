using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.References;

public sealed class DifferencesTests
{
    private const string Visit = "2026/01/20/000001";

    [Fact]
    public async Task A_hospital_that_agrees_with_BPJS_has_no_difference()
    {
        await using var hospital = await With(book => book);

        Assert.Empty(await hospital.Found());
    }

    public static TheoryData<string, string, string> Kinds => new()
    {
        { "CLINIC_UNKNOWN_AT_BPJS  101 ", "ANAK ", "clinic" },
        { "CLINIC_NAME_DIFFERS  101 ", "ANAK ANAK GIGI", "clinic name" },
        { "DOCTOR_UNKNOWN_AT_BPJS   D001", "dr. Satu ", "doctor" },
        { "DOCTOR_NAME_DIFFERS   D001", "dr. Satu dr. Lain", "doctor name" },
        { "DOCTOR_WITHOUT_SCHEDULE 01/20/2026 101 D001", "07:00-23:59 ", "no hours" },
        { "CLOSED_AT_BPJS 01/20/2026 101 D001", "07:00-23:59 ", "away" },
        { "HOURS_DIFFER 01/20/2026 101 D001", "07:00-23:59 07:00-12:00, 13:00-16:00", "hours" },
        { "QUOTA_DIFFERS 01/20/2026 101 D001", "07:00-23:59 (40) 07:00-23:59 (30)", "quota" },
        { "SCHEDULE_NOT_IN_KHANZA 01/20/2026 101 D002", " dr. Dua 08:00-10:00", "only there" },
        { "SCHEDULE_NOT_IN_KHANZA 01/20/2026 101 ", " dr. Tamu 08:00-10:00", "stranger" },
    };

    /// <summary>Failure 5.10: what HFIS has otherwise is told beforehand, with who is concerned; the visit goes its way, and BPJS decides.</summary>
    [Theory, MemberData(nameof(Kinds))]
    [Trait("Failure", "5.10")]
    public async Task What_HFIS_has_otherwise_is_listed_with_the_visits_it_concerns_and_blocks_none(string difference, string said, string change)
    {
        await using var hospital = await With(book => Change(book, change));

        Assert.Equal([difference], (await hospital.Found("kind", "day", "poli_id", "dokter_id")).Select(row => row.Replace(" 00:00:00", "", StringComparison.Ordinal)));
        Assert.Equal([said], await hospital.Found("khanza", "bpjs"));
        Assert.Equal([change is "only there" or "stranger" ? "" : Visit], await hospital.Found("visits[1]"));

        await hospital.Settle();
        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal("07:00-23:59", (string?)(await hospital.Event(Visit))!["payload"]!["jampraktek"]);
    }

    [Fact]
    public async Task A_doctor_who_has_patients_but_no_hours_in_Khanza_is_compared_all_the_same()
    {
        await using var hospital = await With(book => book);
        await hospital.Register("2026/01/20/000002", doctor: "D002");
        await hospital.Poll();

        Assert.Equal(["DOCTOR_WITHOUT_SCHEDULE D002 2026/01/20/000002"], await hospital.Found("kind", "dokter_id", "visits[1]"));
    }

    [Fact]
    public async Task A_clinic_is_asked_by_its_parent_and_compared_by_its_sub_specialty()
    {
        await using var hospital = await With(book => book with
        {
            Clinics = [new("ANA", "NEFROLOGI ANAK", "PAR", "ANAK"), new("PAR", "PARU", "PAR", "ANAK")],
            Hours = [.. book.Hours, new(0, "PAR", 292668, new(9, 0), new(10, 0), 5)], // another sub-specialty of the same clinic
        });

        Assert.Contains("jadwaldokter/kodepoli/PAR/tanggal/2026-01-20", hospital.Asked());
        Assert.Empty(await hospital.Found());
    }

    [Theory]
    [InlineData("Dr. SATU , Sp.A", "dr. Satu, Sp. A", true)]
    [InlineData("dr. Nama Panjang Sekali Sehingga Kolomnya Terpoto", "DR. NAMA PANJANG SEKALI SEHINGGA KOLOMNYA TERPOTONG, Sp.A(K)", true)]
    [InlineData("dr. Sa", "dr. Satu", false)]
    public async Task Names_are_the_same_by_letters_and_figures_and_as_far_as_Khanzas_column_reaches(string khanza, string bpjs, bool same)
    {
        await using var hospital = await TestHospital.Open();

        Assert.Equal(same, await hospital.Scalar<bool>("select antrean.is_same_name($1, $2)", khanza, bpjs));
    }

    [Fact]
    public async Task A_dirty_day_shows_every_difference_that_was_planted_and_no_other()
    {
        await using var hospital = await TestHospital.Open();
        hospital.Clock.Now = new(2026, 1, 20, 7, 30, 0, TimeSpan.FromHours(7));
        var day = PlanDay.From(new DayRequest(new(2026, 1, 20), 120, 7) { Shares = new() { HfisDiffers = 0.6 } });
        await hospital.Play(day);
        await hospital.Poll();

        await hospital.Refresh();

        var planted = FileHfis.Of(day).Flaws;
        Assert.Equal(Enum.GetValues<HfisFlaw>(), planted.Select(f => f.Flaw).Distinct().Order());
        Assert.Equal(
            planted.Select(f => $"{Kind(f.Flaw)} {f.Code}").Distinct().Order(StringComparer.Ordinal),
            (await hospital.Found("kind", "coalesce(dokter_id, kodedokter, poli_id)")).Distinct().Order(StringComparer.Ordinal));
        // Whoever has an appointment under other hours than HFIS has is named.
        var late = planted.First(f => f.Flaw == HfisFlaw.OtherHours).Code;
        Assert.Equal(
            await hospital.Column("select visit_id from antrean.visits where dokter_id = $1 and service_date = '2026-01-20' and payload ->> 'jampraktek' = '07:00-11:00' and cancelled_reason is null order by visit_id", late),
            await hospital.Column($"select unnest(visits) from ({Alur.Antrean.References.Differences.Sql.Replace("@site", "'default'", StringComparison.Ordinal).Replace("@today", "'2026-01-20'::date", StringComparison.Ordinal)}) d where kind = 'HOURS_DIFFER' and dokter_id = $1 and day = '2026-01-20' order by 1", late));
    }

    private static string Kind(HfisFlaw flaw) => flaw switch
    {
        HfisFlaw.ClinicUnknown => "CLINIC_UNKNOWN_AT_BPJS",
        HfisFlaw.ClinicRenamed => "CLINIC_NAME_DIFFERS",
        HfisFlaw.DoctorUnknown => "DOCTOR_UNKNOWN_AT_BPJS",
        HfisFlaw.DoctorRenamed => "DOCTOR_NAME_DIFFERS",
        HfisFlaw.NoHours => "DOCTOR_WITHOUT_SCHEDULE",
        HfisFlaw.Away => "CLOSED_AT_BPJS",
        HfisFlaw.OtherHours => "HOURS_DIFFER",
        HfisFlaw.OtherCapacity => "QUOTA_DIFFERS",
        HfisFlaw.OnlyHere => "SCHEDULE_NOT_IN_KHANZA",
    };

    private static HfisBook Change(HfisBook book, string change)
    {
        var (tuesday, others) = (book.Hours[0], book.Hours.Skip(1));
        return change switch
        {
            "clinic" => book with { Clinics = [book.Clinics[1]] },
            "clinic name" => book with { Clinics = [new("ANA", "ANAK GIGI", "ANA", "ANAK GIGI"), book.Clinics[1]] },
            "doctor" => book with { Doctors = [book.Doctors[1]] , Hours = [] },
            "doctor name" => book with { Doctors = [new(292667, "dr. Lain"), book.Doctors[1]] },
            "no hours" => book with { Hours = [.. others] },
            "away" => book with { Hours = [tuesday with { Holiday = true }, .. others] },
            "hours" => book with { Hours = [tuesday with { To = new(12, 0) }, tuesday with { From = new(13, 0), To = new(16, 0) }, .. others] },
            "quota" => book with { Hours = [tuesday with { Capacity = 30 }, .. others] },
            "only there" => book with { Hours = [.. book.Hours, new(2, "ANA", 292668, new(8, 0), new(10, 0), 9)] },
            _ => book with { Doctors = [.. book.Doctors, new(5, "dr. Tamu")], Hours = [.. book.Hours, new(2, "ANA", 5, new(8, 0), new(10, 0), 9)] },
        };
    }

    private static async Task<TestHospital> With(Func<HfisBook, HfisBook> change)
    {
        var hospital = await TestHospital.Open();
        hospital.Bpjs.SetHfis(change(ReferenceDay.Agreed));
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Refresh();
        return hospital;
    }
}
