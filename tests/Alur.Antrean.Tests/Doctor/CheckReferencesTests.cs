using Alur.Antrean.Doctor;
using Alur.Antrean.Tests.References;
using Alur.Platform.Doctor;
using Alur.Simulators.Bpjs;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Doctor;

public sealed class CheckReferencesTests
{
    [Fact]
    public async Task A_hospital_that_agrees_hears_so_with_the_age_of_what_was_compared()
    {
        await using var hospital = await Open(ReferenceDay.Agreed);
        await hospital.Execute("update antrean.reference_lists set fetched_at = now() - interval '5 hours', asked_at = now()");

        var finding = Assert.Single(await Look(hospital));

        Assert.Equal(FindingLevel.Ok, finding.Level);
        Assert.Contains("(5 h old)", finding.Found.English, StringComparison.Ordinal);
        Assert.Contains("(5 jam yang lalu)", finding.Found.Indonesian, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Failure", "5.10")]
    public async Task Every_kind_of_difference_is_one_line_with_an_example_the_visits_and_what_to_do()
    {
        await using var hospital = await Open(ReferenceDay.Agreed with
        {
            Doctors = [new(292667, "dr. Satu"), new(292668, "dr. Lain")],
            Hours = [ReferenceDay.Agreed.Hours[0] with { To = new(12, 0) }, ReferenceDay.Agreed.Hours[1]],
        });

        var findings = await Look(hospital);

        Assert.Equal(2, findings.Count);
        Assert.All(findings, f => Assert.Equal((FindingLevel.Warning, "bpjs.references", "default"), (f.Level, f.Check, f.Subject)));
        Assert.Equal(
            "Jam praktek di Khanza bukan jam di HFIS (perbedaan: 1, kunjungan mulai hari ini: 1): 2026-01-20 Poli Anak (ANA), dr. Satu (292667): Khanza 07:00-23:59, BPJS 07:00-12:00.",
            findings[0].Found.Indonesian);
        Assert.Contains("HFIS", findings[0].Do!.Indonesian, StringComparison.Ordinal);
        Assert.Equal("The doctor's name in the mapping is not BPJS's name for that code (differences: 1, visits from today on: 0): dr. Dua (292668): Khanza dr. Dua, BPJS dr. Lain.", findings[1].Found.English);
    }

    [Fact]
    public async Task Lists_that_were_never_read_or_are_old_are_told_with_the_reason()
    {
        await using var hospital = await Open(book: null);

        var never = Assert.Single(await Look(hospital));
        hospital.Bpjs.SetHfis(ReferenceDay.Agreed);
        await hospital.Refresh();
        await hospital.Execute("update antrean.reference_lists set fetched_at = now() - interval '50 hours', asked_at = now(), failure = 'BPJS lists nothing' where path = 'ref/poli'");
        var old = Assert.Single(await Look(hospital));

        Assert.Contains("not read yet", never.Found.English, StringComparison.Ordinal);
        Assert.Contains("up to 50 h old (ref/poli: BPJS lists nothing)", old.Found.English, StringComparison.Ordinal);
        Assert.Contains("/api/antrean/references/refresh", old.Do!.Indonesian, StringComparison.Ordinal);
        Assert.All([never, old], f => Assert.Equal(FindingLevel.Warning, f.Level));
    }

    private static async Task<TestHospital> Open(HfisBook? book)
    {
        var hospital = await TestHospital.Open();
        await hospital.Register("2026/01/20/000001");
        await hospital.Poll();
        if (book is null)
            return hospital;
        hospital.Bpjs.SetHfis(book);
        await hospital.Refresh();
        return hospital;
    }

    private static Task<IReadOnlyList<Finding>> Look(TestHospital hospital) =>
        hospital.Services.GetServices<IDoctorCheck>().OfType<CheckReferences>().Single().Run(new DoctorRound("default", hospital.Db), CancellationToken.None);
}
