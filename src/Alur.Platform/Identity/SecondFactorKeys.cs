using System.Buffers.Text;
using System.Security.Cryptography;
using Alur.Platform.Postgres;
using Alur.Platform.Results;

namespace Alur.Platform.Identity;

/// <summary>
/// Encrypts what phones compute codes from (AES-256-GCM, bound to its account), and secrets of webhooks likewise, with a key in a file outside the database and its dumps. The first line of the file
/// encrypts; all of them decrypt, so that a key that was lost and found is put beside the newer one. Read at every use: a file that is put back works at once.
/// </summary>
public sealed class SecondFactorKeys(IdentityOptions options)
{
    private const string FileName = "second-factor.key";
    private const string Heading = "# Encrypts the second factors of accounts; the first key encrypts, all decrypt. Keep a copy apart from the database's backups.";
    private const int KeyBytes = 32;
    private const int IdBytes = 8;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private string? _directory;

    /// <summary>The file lies beside the private database unless <c>Identity:SecondFactorKeyFile</c> names one; null: there is no private database.</summary>
    public void Beside(string? directory) => _directory = directory;

    /// <summary>Where the keys are; null: no place was named.</summary>
    internal string? Place => options.SecondFactorKeyFile ?? (_directory is { } directory ? Path.Combine(directory, FileName) : null);

    /// <summary>Whether these bytes are a secret as releases before kept it.</summary>
    internal static bool IsPlain(byte[] stored) => stored.Length == Totp.SecretBytes;

    /// <summary>Whether it is encrypted with the key that encrypts now.</summary>
    internal bool IsCurrent(byte[] stored) => !IsPlain(stored) && Read() is { Ok: true, Value: [var first, ..] } && first.Names(stored);

    /// <summary>Makes the first key if there is none. Refused: <c>SECOND_FACTOR_KEY_MISSING</c>; null: there is one.</summary>
    internal Error? Make() => ReadOrMake().Error;

    /// <summary>The secret of an account's phone as the database keeps it; the key is made if there is none. Refused: <c>SECOND_FACTOR_KEY_MISSING</c>.</summary>
    internal Result<byte[]> Seal(Guid user, byte[] secret) => Seal(user.ToByteArray(), secret);

    /// <summary>The same for whatever else is kept so, bound to its <paramref name="owner"/>.</summary>
    internal Result<byte[]> Seal(byte[] owner, byte[] secret)
    {
        var keys = ReadOrMake();
        if (!keys.Ok)
        {
            return keys.Error;
        }

        var (key, nonce, tag, hidden) = (keys.Value[0], RandomNumberGenerator.GetBytes(NonceBytes), new byte[TagBytes], new byte[secret.Length]);
        using var aes = new AesGcm(key.Bytes, TagBytes);
        aes.Encrypt(nonce, secret, hidden, tag, owner);
        return (byte[])[.. key.Id, .. nonce, .. hidden, .. tag];
    }

    /// <summary>The secret that the database keeps so. Refused: <c>SECOND_FACTOR_UNREADABLE</c>.</summary>
    internal Result<byte[]> Open(Guid user, byte[] stored) => IsPlain(stored) ? stored : Open(user.ToByteArray(), stored);

    /// <summary>The same for whatever else is kept so.</summary>
    internal Result<byte[]> Open(byte[] owner, byte[] stored)
    {
        if (stored.Length < IdBytes + NonceBytes + TagBytes || Read() is not { Ok: true } keys || keys.Value.FirstOrDefault(key => key.Names(stored)) is not { } key)
        {
            return new SecondFactorUnreadable();
        }

        try
        {
            var secret = new byte[stored.Length - IdBytes - NonceBytes - TagBytes];
            using var aes = new AesGcm(key.Bytes, TagBytes);
            aes.Decrypt(stored.AsSpan(IdBytes, NonceBytes), stored.AsSpan(IdBytes + NonceBytes, secret.Length), stored.AsSpan(stored.Length - TagBytes), secret, owner);
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return new SecondFactorUnreadable(); // changed by hand, or of another owner
        }
    }

    private Result<IReadOnlyList<Key>> ReadOrMake()
    {
        if (Place is not { } file || File.Exists(file))
        {
            return Read();
        }

        var unfinished = $"{file}.{Guid.NewGuid():N}";
        try
        {
            ClusterSecrets.WritePrivate(unfinished, $"{Heading}\n{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes))}\n");
            File.Move(unfinished, file);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(unfinished); // another node made it meanwhile
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SecondFactorKeyMissing($"{file} cannot be made: {e.Message}");
        }

        return Read();
    }

    private Result<IReadOnlyList<Key>> Read()
    {
        if (Place is not { } file)
        {
            return new SecondFactorKeyMissing("No place for it is known: Identity:SecondFactorKeyFile names one.");
        }

        try
        {
            List<Key> keys = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').Select(Key.Parse)];
            return keys.Count > 0 ? keys : new SecondFactorKeyMissing($"{file} has no key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return new SecondFactorKeyMissing($"{file} cannot be read: {e.Message}");
        }
    }

    private sealed record Key(byte[] Id, byte[] Bytes)
    {
        public bool Names(byte[] stored) => stored.AsSpan(0, IdBytes).SequenceEqual(Id);

        public static Key Parse(string line) => Base64Url.DecodeFromChars(line) is { Length: KeyBytes } bytes
            ? new Key(SHA256.HashData(bytes)[..IdBytes], bytes)
            : throw new FormatException("a line is no key of 32 bytes.");
    }
}
