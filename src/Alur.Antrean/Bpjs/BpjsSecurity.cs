using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Alur.Antrean.Bpjs;

/// <summary>
/// The signature of a request and the key of its answer. Both depend on the timestamp sent with this very request.
/// The simulator has code of its own for the other side, so that a mistake here cannot cancel out there.
/// </summary>
internal static class BpjsSecurity
{
    /// <summary>Unix seconds in UTC, as the header wants them: engine time, never the hospital's clock.</summary>
    public static string Timestamp(DateTimeOffset now) => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Base64 of HMAC-SHA256 over <c>consId&amp;timestamp</c> under the secret.</summary>
    public static string Sign(string consId, string secret, string timestamp) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{consId}&{timestamp}")));

    /// <summary>The plain text of an encrypted <c>response</c>, or null when it cannot be read with this key.</summary>
    public static string? Decrypt(string response, string consId, string secret, string timestamp)
    {
        var sealedBytes = new byte[(response.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(response, sealedBytes, out var length) || length == 0 || length % 16 != 0)
        {
            return null;
        }

        // One digest serves twice: all of it is the key, its first half the initialisation vector.
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(consId + secret + timestamp));
        using var aes = Aes.Create();
        aes.Key = digest;
        try
        {
            var plain = aes.DecryptCbc(sealedBytes.AsSpan(0, length), digest.AsSpan(0, 16), PaddingMode.PKCS7);
            return LzString.DecompressFromEncodedUriComponent(Encoding.UTF8.GetString(plain));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
