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

    public static Words Of(string action) => Texts.GetValueOrDefault(action) ?? new Words(action, action);
}
