using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Alur.Platform.Identity;

/// <summary>Codes of a phone as RFC 6238 makes them: HMAC-SHA-1, six digits, a new one every 30 seconds.</summary>
internal static class Totp
{
    public const int SecretBytes = 20;

    private const int Seconds = 30;
    private const int Codes = 1_000_000;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The half minute that a code belongs to, if it is of this one or a neighbour: clocks of phones are not exact. Null: wrong.</summary>
    public static long? StepOf(string code, byte[] secret, DateTimeOffset now)
    {
        var step = now.ToUnixTimeSeconds() / Seconds;
        long? found = null;
        foreach (var candidate in new[] { step - 1, step, step + 1 })
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Code(secret, candidate)), Encoding.UTF8.GetBytes(code)))
            {
                found = candidate;
            }
        }

        return found;
    }

    /// <summary>The code of a half minute since 1970.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6238 as every authenticator app speaks it; HMAC does not rest on what is broken of SHA-1.")]
    public static string Code(byte[] secret, long step)
    {
        Span<byte> moment = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(moment, step);
        var mac = HMACSHA1.HashData(secret, moment);
        var offset = mac[^1] & 0x0F;
        var number = BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(offset, sizeof(int))) & int.MaxValue;
        return (number % Codes).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>A secret as authenticator apps take it; its length is a multiple of five bytes, so nothing is padded.</summary>
    public static string Base32(byte[] secret)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < secret.Length * 8; bit += 5)
        {
            var pair = (secret[bit / 8] << 8) | (bit / 8 + 1 < secret.Length ? secret[bit / 8 + 1] : 0);
            text.Append(Alphabet[(pair >> (11 - bit % 8)) & 31]);
        }

        return text.ToString();
    }
}
