namespace Alur.Antrean.Tests.Tasks;

public sealed class SharedReferralTests
{
    [Fact]
    [Trait("Failure", "5.24b")]
    public async Task Two_visits_with_the_same_referral_are_told_and_marked_each_for_itself()
    {
        await using var hospital = await TestHospital.Open();
        foreach (var (booking, visit) in new[] { ("20260120000001", "2026/01/20/000001"), ("20260120000002", "2026/01/20/000002") })
        {
            await hospital.Register(visit, payer: "BPJ");
            await hospital.Book(booking, visit);
        }

        await hospital.Khanza.Execute("update referensi_mobilejkn_bpjs set nomorreferensi = 'REF-1'");
        await hospital.Khanza.Execute("update referensi_mobilejkn_bpjs set kodepoli = '' where nobooking = '20260120000002'");
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS", await hospital.Standing("2026/01/20/000001"));
        Assert.Equal("1 held CLINIC_UNMAPPED", await hospital.Standing("2026/01/20/000002"));
        Assert.Equal(["20260120000001"], hospital.Bpjs.Ledger.Bookings.Select(b => b.Kodebooking));
    }
}
