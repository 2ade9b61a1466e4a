using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Alur.Platform.Identity;

/// <summary>
/// Secrets that we make ourselves: 256 random bits as 43 characters. The database keeps their SHA-256 and finds them by it, so there is
/// nothing to compare byte by byte and nothing to steal from a dump.
/// </summary>
internal static class Secrets
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
