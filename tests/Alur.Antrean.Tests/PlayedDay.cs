using Alur.Simulators;
using Alur.Simulators.Khanza;

namespace Alur.Antrean.Tests;

/// <summary>A dirty day of the simulated hospital instead of the test hospital's own patients.</summary>
internal static class PlayedDay
{
    /// <summary>Plays the whole day at once into the hospital's Khanza, its office's HFIS into BPJS, and gives the day's own ledger.</summary>
    public static async Task<LedgerDocument> Play(this TestHospital hospital, HospitalDay day)
    {
        await hospital.Khanza.Execute("delete from jadwal; delete from maping_poli_bpjs; delete from maping_dokter_dpjpvclaim; delete from dokter; delete from poliklinik; delete from penjab;");
        var opens = new DateTimeOffset(day.Request.Day.ToDateTime(day.Request.Opens), TimeSpan.FromHours(7));
        var clock = new HospitalClock(opens, opens.AddHours(8), 10_000, DateTimeOffset.UtcNow.AddHours(-18)); // long over
        var ledger = new KhanzaLedger(clock, TimeSpan.FromSeconds(1));
        using var play = new PlayDay(day, clock, hospital.Khanza.Writer, ledger, new DesktopOptions(new Uri(hospital.Bpjs.Url), "10000", "simulator-secret", "simulator-user-key"));
        await play.Run(TestContext.Current.CancellationToken);
        return ledger.Document(day, play.Ended);
    }
}
