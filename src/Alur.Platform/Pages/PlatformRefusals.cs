namespace Alur.Platform.Pages;

/// <summary>The platform's refusals that people meet in a browser, in Indonesian.</summary>
internal static class PlatformRefusals
{
    public static IReadOnlyDictionary<string, string> Indonesian { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["LINK_INVALID"] = "Tautan ini sudah dipakai, kedaluwarsa, atau tidak pernah ada. Admin dapat membuat yang baru: ./alur user reset SUREL",
        ["PASSWORD_TOO_SHORT"] = "Kata sandi paling sedikit 12 karakter. Empat kata yang tidak biasa digabung mudah diingat.",
        ["PASSWORD_TOO_LONG"] = "Kata sandi paling banyak 72 bita.",
        ["PASSWORD_TOO_COMMON"] = "Kata sandi ini tersusun dari sedikit kata, nama, tahun atau urutan yang ditebak lebih dulu. Pakailah lebih banyak kata, atau yang lain.",
        ["PASSWORDS_DIFFER"] = "Kedua kata sandi tidak sama.",
        ["EMAIL_INVALID"] = "Ini bukan alamat surel seperti siti@rs-contoh.id.",
        ["EMAIL_TAKEN"] = "Sudah ada akun dengan alamat surel ini.",
        ["NAME_INVALID"] = "Nama terdiri dari 1 sampai 100 karakter.",
        ["PHONE_INVALID"] = "Nomor telepon terdiri dari 8 sampai 15 angka, boleh diawali +, misalnya +6281234567890.",
        ["USER_NOT_FOUND"] = "Tidak ada akun dengan alamat surel ini.",
        ["ROLE_UNKNOWN"] = "Tidak ada peran seperti itu. Yang dikenal: admin, client.",
        ["GRANT_UNKNOWN"] = "Tidak ada hak seperti itu. Muat ulang halaman, lalu pilih dari daftar.",
        ["LAST_ADMIN"] = "Ini admin terakhir yang dapat masuk. Jadikan orang lain admin dan biarkan ia masuk dulu.",
        ["PASSWORD_WRONG"] = "Ini bukan kata sandi yang sekarang, atau akun ini tidak menerima percobaan untuk sementara karena terlalu banyak yang salah.",
        ["SESSION_NOT_FOUND"] = "Sesi itu tidak ada atau sudah berakhir.",
        ["CODE_WRONG"] = "Ini bukan kode yang tampil di ponsel sekarang. Apakah jam ponselnya tepat? Mulailah lagi.",
        ["SECOND_FACTOR_IS_ON"] = "Kode sudah diminta, atau belum ada yang dimulai. Admin dapat melupakannya: ./alur user reset SUREL --second-factor",
        ["SIGN_IN_BUSY"] = "Server sedang sibuk; coba lagi sebentar.",
        ["SIGN_IN_REFUSED"] = "Alamat surel, kata sandi atau kode tidak cocok, atau akun ini tidak menerima percobaan untuk sementara karena terlalu banyak yang salah.",
        ["CODE_REQUIRED"] = "Akun ini juga meminta kode dari ponsel. Isilah kode yang tampil sekarang.",
        ["SECOND_FACTOR_UNREADABLE"] = "Kode akun ini tidak dapat diperiksa karena kuncinya tidak ada di server ini. Pengelola server mengembalikan berkas kunci itu, atau: ./alur user reset SUREL --second-factor",
        ["CONSUMER_UNKNOWN"] = "Pembaca jurnal dengan nama ini belum pernah berjalan di sini.",
        ["CONSUMER_STAYS"] = "Pembaca jurnal ini tidak dapat dibangun ulang. Lanjutkan dari tempatnya berhenti.",
        ["POSITION_INVALID"] = "Posisi adalah angka 0 atau lebih, dan tidak melampaui entri terbaru.",
        ["BREAKER_NOT_FOUND"] = "Sambungan dengan nama ini tidak ada.",
        ["TLS_REQUIRED"] = "Kata sandi tidak diterima lewat HTTP biasa dari komputer lain. Pasang proxy dengan TLS di depan server, atau atur Identity:AllowPlainHttp.",
        ["TOO_MANY_REQUESTS"] = "Terlalu banyak permintaan; tunggu sebentar.",
        ["STALE"] = "Orang lain mengubahnya sejak Anda membukanya, jadi tidak ada yang diubah. Lihat keadaannya sekarang, lalu ulangi bila masih dimaksudkan.",
        ["CROSS_SITE"] = "Perubahan harus datang dari halaman server ini. Muat ulang halaman lalu coba lagi.",
        ["FORM_REQUIRED"] = "Kirim formulir seperti yang ditampilkan.",
        ["INVALID_TEXT"] = "Teks ini berisi karakter yang tidak dapat disimpan.",
        ["NOT_ALLOWED"] = "Anda dikenal, tetapi ini tidak termasuk hak Anda. Admin dapat memberikannya.",
        ["ROUTE_NOT_FOUND"] = "Tidak ada apa-apa di alamat ini.",
        ["DATABASE_UNAVAILABLE"] = "Basis data sedang tidak dapat dihubungi; coba lagi sebentar.",
        ["INTERNAL_ERROR"] = "Ada yang salah di server. Nomor jejak di bawah menemukannya di log server.",
        ["UNKNOWN_PARAMETER"] = "Alamat ini memuat saringan yang tidak dikenal.",
        ["EMPTY_PARAMETER"] = "Alamat ini memuat saringan kosong.",
        ["REPEATED_PARAMETER"] = "Alamat ini memuat saringan yang sama dua kali.",
        ["INVALID_PARAMETER"] = "Alamat ini memuat nilai yang tidak dimengerti.",
        ["INVALID_CURSOR"] = "Alamat ini terpotong. Mulailah dari halaman pertama daftar.",
    };
}
