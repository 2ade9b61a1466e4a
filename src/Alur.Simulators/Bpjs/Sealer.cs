using System.Security.Cryptography;
using System.Text;

namespace Alur.Simulators.Bpjs;

/// <summary>
/// The other party's half of signature and encryption. It shares no code with the bridge on purpose: a mistake on one side must
/// show as a refusal, not cancel out.
/// </summary>
internal static class Sealer
{
    /// <summary>Whether the signature is the one this secret gives; compared in constant time.</summary>
    public static bool IsSigned(string signature, string consId, string secret, string timestamp)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(consId));
        hmac.AppendData("&"u8);
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp));
        Span<byte> given = stackalloc byte[64];
        return Convert.TryFromBase64String(signature, given, out var length)
            && CryptographicOperations.FixedTimeEquals(given[..length], hmac.GetHashAndReset());
    }

    /// <summary>Packs and encrypts the text of a list for the caller who sent this timestamp.</summary>
    public static string Seal(string json, string consId, string secret, string timestamp)
    {
        var key = SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(consId, secret, timestamp)));
        using var aes = Aes.Create();
        (aes.Mode, aes.Padding, aes.Key, aes.IV) = (CipherMode.CBC, PaddingMode.PKCS7, key, key[..16]);
        using var encryptor = aes.CreateEncryptor();
        var packed = Encoding.ASCII.GetBytes(LzPack.CompressToEncodedUriComponent(json));
        return Convert.ToBase64String(encryptor.TransformFinalBlock(packed, 0, packed.Length));
    }
}
