using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Alur.Platform.Identity;

/// <summary>
/// Bcrypt as the C library does it (<c>crypt_r</c>); a hash carries its cost and salt with it. What bcrypt would cut off (bytes after the
/// 72nd, everything after a NUL) is refused, because two passwords would then be one.
/// </summary>
internal static partial class Bcrypt
{
    /// <summary>Bytes of UTF-8 that bcrypt looks at.</summary>
    public const int MaxBytes = 72;

    private const string Library = "libcrypt.so.1";
    private const string Prefix = "$2b$";
    private const int HashLength = 60;
    private const int StateSize = 32768; // sizeof(struct crypt_data)
    private const int SaltBytes = 16;

    /// <summary>False where the C library lacks <c>$2b$</c>, or there is none: nobody could sign in.</summary>
    public static bool IsSupported()
    {
        try
        {
            return Verify("alur", Hash("alur", cost: 4)) && !Verify("Alur", Hash("alur", cost: 4));
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether bcrypt looks at all of it.</summary>
    public static bool Takes(string password) => Encoding.UTF8.GetByteCount(password) <= MaxBytes && !password.Contains('\0', StringComparison.Ordinal);

    /// <summary>A new hash; 2 to the power of <paramref name="cost"/> rounds (12: about 0.4 s).</summary>
    public static string Hash(string password, int cost) => Crypt(password, NewSalt(cost));

    /// <summary>Whether <paramref name="hash"/> was made of this password; takes as long as making it.</summary>
    public static bool Verify(string password, string hash) =>
        Takes(password) && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Crypt(password, hash)), Encoding.ASCII.GetBytes(hash));

    /// <summary>The cost a hash was made with.</summary>
    public static int CostOf(string hash) => int.Parse(hash.AsSpan(Prefix.Length, 2), System.Globalization.CultureInfo.InvariantCulture);

    private static unsafe string NewSalt(int cost)
    {
        var random = RandomNumberGenerator.GetBytes(SaltBytes);
        var output = new byte[192]; // CRYPT_GENSALT_OUTPUT_SIZE
        fixed (byte* to = output)
        {
            return crypt_gensalt_rn(Prefix, (nuint)cost, random, random.Length, to, output.Length) == 0
                ? throw new InvalidOperationException($"The C library makes no {Prefix} salts.")
                : Encoding.ASCII.GetString(output.AsSpan(0, output.AsSpan().IndexOf((byte)0)));
        }
    }

    private static unsafe string Crypt(string password, string setting)
    {
        if (!Takes(password))
        {
            throw new ArgumentException($"More than {MaxBytes} bytes, or a NUL.", nameof(password));
        }

        var phrase = new byte[MaxBytes + 1];
        Encoding.UTF8.GetBytes(password, phrase);
        var state = new byte[StateSize];
        try
        {
            fixed (byte* data = state)
            {
                var hash = Marshal.PtrToStringUTF8(crypt_r(phrase, setting, data));
                return hash?.Length == HashLength && hash.StartsWith(Prefix, StringComparison.Ordinal)
                    ? hash
                    : throw new InvalidOperationException($"The C library makes no {Prefix} hashes.");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            CryptographicOperations.ZeroMemory(state);
        }
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial nint crypt_r(byte[] phrase, string setting, byte* data);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial nint crypt_gensalt_rn(string prefix, nuint count, byte[] random, int randomSize, byte* output, int outputSize);
}
