using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Alur.Platform.Webhooks;

/// <summary>Secrets and signatures as Standard Webhooks has them (symmetric, version 1).</summary>
internal static class WebhookSecret
{
    private const string Prefix = "whsec_";
    private const string Version = "v1,";
    private const int Bytes = 32; // of the 24 to 64 that there may be: as long as the digest

    public static byte[] New() => RandomNumberGenerator.GetBytes(Bytes);

    /// <summary>As its holder gets it.</summary>
    public static string Show(byte[] secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>The header of a call: one signature for each secret, with a blank between.</summary>
    /// <param name="id">The message's name.</param>
    /// <param name="timestamp">Unix seconds of this try.</param>
    /// <param name="body">The very bytes that are sent.</param>
    /// <param name="secrets">The present one first.</param>
    public static string Sign(string id, long timestamp, ReadOnlySpan<byte> body, IEnumerable<byte[]> secrets)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        byte[] signed = [.. head, .. body];
        return string.Join(' ', secrets.Select(secret => Version + Convert.ToBase64String(HMACSHA256.HashData(secret, signed))));
    }
}
