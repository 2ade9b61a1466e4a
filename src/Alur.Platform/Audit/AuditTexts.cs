using Alur.Platform.Doctor;

namespace Alur.Platform.Audit;

/// <summary>The specified words of the actions, as people say them.</summary>
internal static class AuditTexts
{
    private static readonly Dictionary<string, Words> Texts = new(StringComparer.Ordinal)
    {
        ["CREATE"] = new("membuat", "made"),
        ["UPDATE"] = new("mengubah", "changed"),
        ["DELETE"] = new("menghapus atau mengakhiri", "removed or ended"),
        ["LOGIN"] = new("masuk", "signed in"),
        ["LOGOUT"] = new("keluar", "signed out"),
        ["VIEW"] = new("melihat", "looked at"),
        ["PAYMENT_INIT"] = new("meminta pembayaran", "asked for a payment"),
        ["PAYMENT_SUCCESS"] = new("pembayaran diterima", "payment arrived"),
        ["PAYMENT_FAILED"] = new("pembayaran gagal", "payment failed"),
        ["EXPORT"] = new("mengunduh", "took out as a file"),
        ["IMPORT"] = new("memasukkan dari berkas", "brought in from a file"),
        ["ROLE_CHANGE"] = new("mengubah peran atau hak", "changed role or grants"),
    };

    private static readonly Dictionary<string, Words> Resources = new(StringComparer.Ordinal)
    {
        ["users"] = new("akun", "account"),
        ["sessions"] = new("sesi", "session"),
        ["sign_ins"] = new("percobaan masuk", "sign-in"),
        ["api_keys"] = new("kunci API", "API key"),
        ["audit_logs"] = new("audit", "audit"),
        ["delivery_channels"] = new("jalur kirim", "way out"),
        ["delivery_jobs"] = new("pengiriman", "delivery"),
        ["journal_consumers"] = new("pembaca jurnal", "journal consumer"),
        ["resilience"] = new("sambungan", "connection"),
        ["broadcasts"] = new("siaran", "broadcast"),
        ["webhook_endpoints"] = new("webhook", "webhook"),
    };

    private static readonly Dictionary<string, Words> Fields = new(StringComparer.Ordinal)
    {
        ["expires_at"] = new("berlaku sampai", "good until"),
        ["locked_until"] = new("terkunci sampai", "locked until"),
        ["reason"] = new("sebab", "reason"),
        ["times"] = new("kali", "times"),
        ["session"] = new("sesi", "session"),
        ["paused"] = new("dihentikan", "paused"),
        ["paused_until"] = new("dihentikan sampai", "paused until"),
        ["paused_reason"] = new("alasan", "reason"),
        ["role"] = new("peran", "role"),
        ["grants"] = new("hak", "grants"),
        ["disabled"] = new("nonaktif", "disabled"),
        ["name"] = new("nama", "name"),
        ["email"] = new("surel", "e-mail"),
        ["phone"] = new("telepon", "phone"),
        ["second_factor"] = new("kode dari ponsel", "code from a phone"),
        ["sessions_ended"] = new("sesi yang diakhiri", "sessions ended"),
        ["password"] = new("kata sandi", "password"),
        ["type"] = new("jenis", "type"),
        ["priority"] = new("tingkat", "priority"),
        ["to"] = new("kepada", "to"),
        ["title"] = new("judul", "title"),
        ["message"] = new("pesan", "message"),
        ["recipients"] = new("penerima", "recipients"),
        ["mails"] = new("surel", "e-mails"),
        ["host"] = new("server", "host"),
        ["description"] = new("keterangan", "description"),
        ["event_types"] = new("jenis kejadian", "types of events"),
        ["is_active"] = new("aktif", "active"),
        ["secret"] = new("rahasia", "secret"),
        ["test"] = new("pesan uji", "test message"),
        ["withdrawn"] = new("ditarik", "withdrawn"),
    };

    private static readonly Dictionary<string, Words> Refusals = new(StringComparer.Ordinal)
    {
        ["password"] = new("kata sandi salah", "the password was wrong"),
        ["code"] = new("kode dari ponsel salah", "the code from the phone was wrong"),
        ["code-missing"] = new("kode dari ponsel belum diisi", "no code from the phone"),
        ["key-missing"] = new("kode tidak dapat diperiksa", "the code could not be checked"),
        ["unknown"] = new("alamat surel tidak dikenal", "nobody has this e-mail address"),
        ["locked"] = new("akun sedang terkunci", "the account is locked"),
        ["disabled"] = new("akun nonaktif", "the account is disabled"),
    };

    /// <summary>What was done, in the words of its action or, of a refused sign-in, as what it is.</summary>
    public static Words Of(AuditRow row) => row is { Resource: "sign_ins", Action: "UPDATE" } ? new("gagal masuk", "failed to sign in") : Of(row.Action);

    /// <summary>What it was done to.</summary>
    public static Words Resource(string resource) => Resources.GetValueOrDefault(resource) ?? new(resource, resource);

    /// <summary>A value's name.</summary>
    public static Words Field(string field) => Fields.GetValueOrDefault(field) ?? new(field, field);

    /// <summary>Why somebody was not let in.</summary>
    public static Words Refusal(string reason) => Refusals.GetValueOrDefault(reason) ?? new(reason, reason);

    public static Words Of(string action) => Texts.GetValueOrDefault(action) ?? new Words(action, action);
}
