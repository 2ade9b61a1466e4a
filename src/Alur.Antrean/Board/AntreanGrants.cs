using Alur.Platform.Identity;

namespace Alur.Antrean.Board;

/// <summary>What people and API keys can be allowed in this module.</summary>
internal static class AntreanGrants
{
    /// <summary>Policy of <see cref="LookAndRevalidate"/>.</summary>
    public const string FrontOffice = "front-office";

    /// <summary>Policy of <see cref="SteerSending"/>.</summary>
    public const string Integration = "integration";

    public static Grant LookAndRevalidate { get; } = new(FrontOffice, "Antrean", new(
        "Melihat kunjungan, task, antrean kirim dan laporan, dan meminta task yang tertahan diperiksa lagi.",
        "Sees visits, tasks, the queue and reports, and has held tasks looked at again."));

    public static Grant SteerSending { get; } = new(Integration, "Antrean", new(
        "Mengirim ulang yang gagal, menjeda dan melanjutkan pengiriman, meminta daftar BPJS, menguji sambungan ke Khanza dan BPJS, mengubah mode observe/send.",
        "Puts failed deliveries back, pauses and resumes sending, asks for BPJS's lists, tests the connection to Khanza and BPJS, switches between observing and sending."));
}
