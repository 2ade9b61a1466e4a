namespace Alur.Antrean.Board;

/// <summary>The module's refusals that people meet in a browser, in Indonesian.</summary>
internal static class AntreanRefusals
{
    public static IReadOnlyDictionary<string, string> Indonesian { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["SITE_NOT_FOUND"] = "Rumah sakit ini tidak ada di sini.",
        ["SITE_NEVER_SERVED"] = "Belum ada yang terbaca untuk rumah sakit ini: jalankan dulu server (./alur serve) dengan Mode observe.",
        ["VISIT_NOT_FOUND"] = "Kunjungan ini belum pernah terbaca dari Khanza untuk rumah sakit ini.",
        ["VISIT_OUTSIDE_WINDOW"] = "Kunjungan ini lebih lama daripada yang dibaca ulang dari Khanza (LookBackDays).",
        ["JOB_NOT_FOUND"] = "Baris antrean kirim ini tidak ada.",
        ["JOB_NOT_REQUEUEABLE"] = "Baris antrean kirim ini tidak gagal; hanya yang gagal dapat dikirim ulang.",
        ["FILTER_REQUIRED"] = "Sebutkan barisnya: kunjungan, task, atau galatnya. Mengirim ulang semuanya tanpa sengaja tidak mungkin.",
        ["CHANNEL_NOT_CONFIGURED"] = "Pengiriman belum dapat dijalankan: pengaturan BPJS rumah sakit ini belum lengkap.",
        ["KHANZA_NOT_CONFIGURED"] = "Koneksi ke Khanza rumah sakit ini belum diisi di pengaturan.",
        ["KHANZA_UNREACHABLE"] = "Khanza tidak dapat dibaca sekarang. Apa yang salah, dan apa yang harus dilakukan: ./alur doctor",
        ["NO_SOURCE"] = "Di Khanza ini tidak ada kolom yang dapat memberi waktu salah satu task; periksa hak akun databasenya.",
        ["CONNECTION_TEST_RESTS"] = "Rumah sakit ini baru saja diuji, kurang dari 30 detik yang lalu. Tunggu sebentar, lalu uji lagi.",
        ["PROFILES_ARE_COMPARED"] = "Profil sedang dibandingkan orang lain; Khanza hanya dibaca satu per satu. Coba lagi setengah menit lagi.",
        ["SEND_NOT_READY"] = "Rumah sakit ini belum dapat mengirim: masih ada pengaturan yang kurang (Profile atau akun BPJS). Lengkapi di alur.json, lalu mulai ulang server.",
        ["SEND_FROM_OUT_OF_RANGE"] = "Waktu mulai kirim tidak mungkin: tidak boleh sebelum SendFrom di pengaturan (atau sebelum hari-hari yang dibaca), dan paling lambat 31 hari lagi.",
        ["BPJS_NOT_CONFIGURED"] = "BPJS tidak dapat ditanya: pengaturan BPJS rumah sakit ini belum lengkap.",
    };
}
