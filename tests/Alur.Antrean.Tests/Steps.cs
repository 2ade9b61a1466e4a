using Alur.Simulators.Bpjs;

namespace Alur.Antrean.Tests;

/// <summary>What happens in many tests, several steps at once.</summary>
internal static class Steps
{
    /// <summary>A visit whose folder has left for the clinic: its registration is sent, its check-in is not queued yet.</summary>
    public static async Task SendRegistration(this TestHospital hospital, string visit, string folderSent)
    {
        await hospital.Register(visit);
        await hospital.Folder(visit, sent: folderSent);
        await hospital.Poll();
        await hospital.Build();
        await hospital.Deliver();
    }

    /// <summary>BPJS takes what is queued, and we do not hear of it.</summary>
    public static async Task DeliverUnheard(this TestHospital hospital)
    {
        hospital.Bpjs.SetFaults(new BpjsFaults { AcceptedThenLost = 1, SlowSeconds = 0 });
        await hospital.Deliver();
        hospital.Bpjs.SetFaults(BpjsFaults.None);
    }

    /// <summary>Every visit is cancelled at the hospital.</summary>
    public static async Task CancelVisits(this TestHospital hospital)
    {
        await hospital.Khanza.Execute("update reg_periksa set stts = 'Batal'");
        await hospital.Poll();
    }
}
