using System.Text.RegularExpressions;
using Alur.Platform.Doctor;

namespace Alur.Platform.Webhooks;

/// <summary>What this program says of calls, for readers of either language. It is kept in English, as logs and APIs have it.</summary>
internal static partial class ReceiverReasons
{
    private const string Number = "#";
    private const string BrokenOff = "The receiver broke the call off (";

    private static readonly Dictionary<string, string> Indonesian = new(StringComparer.Ordinal)
    {
        ["The receiver answered HTTP #."] = "Penerima menjawab HTTP #.",
        ["The receiver refused with HTTP #."] = "Penerima menolak dengan HTTP #.",
        ["The receiver answered HTTP #: redirects are not followed. Enter the address that it leads to."] = "Penerima menjawab HTTP #: pengalihan tidak diikuti. Isi alamat tujuannya.",
        ["The receiver says that it is gone (HTTP #)."] = "Penerima menjawab bahwa alamat itu tidak dipakai lagi (HTTP #).",
        ["The receiver says that it is gone (HTTP #); the webhook was switched off."] = "Penerima menjawab bahwa alamat itu tidak dipakai lagi (HTTP #); webhook dimatikan.",
        ["Nothing was taken for five days."] = "Lima hari tidak ada yang diterima.",
        ["The receiver did not answer within # s."] = "Penerima tidak menjawab dalam # detik.",
        ["The receiver's name is not known."] = "Nama server penerima tidak dikenal.",
        ["The receiver cannot be reached."] = "Penerima tidak dapat dihubungi.",
        ["No secure connection to the receiver: its certificate is not one that this server trusts, or it speaks no TLS."] =
            "Tidak ada sambungan aman ke penerima: sertifikatnya tidak dipercaya server ini, atau penerima tidak memakai TLS.",
        ["The receiver's name leads to an address at which no receiver may be."] = "Nama penerima mengarah ke alamat yang tidak boleh dipanggil.",
        ["The receiver's name leads into a network of the house, or to this machine. Webhooks:AllowPrivateAddresses would allow it."] =
            "Nama penerima mengarah ke jaringan sendiri atau ke komputer ini. Webhooks:AllowPrivateAddresses mengizinkannya.",
        ["Only receivers of the house are called by plain HTTP; this one is outside and needs https."] = "HTTP biasa hanya untuk penerima di jaringan sendiri; yang di luar memakai https.",
    };

    /// <summary>The sentence in both languages; one that is not known here stays as it is.</summary>
    public static Words Of(string english)
    {
        if (english.StartsWith(BrokenOff, StringComparison.Ordinal)) return new($"Penerima memutus sambungan ({english[BrokenOff.Length..]}", english);
        var number = Numbers().Match(english).Value;
        return new(Indonesian.GetValueOrDefault(Numbers().Replace(english, Number))?.Replace(Number, number, StringComparison.Ordinal) ?? english, english);
    }

    [GeneratedRegex(@"\d+(\.\d+)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbers();
}
