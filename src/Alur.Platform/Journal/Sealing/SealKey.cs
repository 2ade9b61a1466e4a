using System.Security.Cryptography;
using Alur.Platform.Postgres;

namespace Alur.Platform.Journal.Sealing;

/// <summary>
/// The key that signs blocks, in a file outside the database and its dumps. Made when it is first needed; whoever has it can sign, so it is
/// as precious as the journal.
/// </summary>
public sealed class SealKey
{
    private string? _file;

    /// <summary>Where it is; null: nowhere, and nothing is sealed.</summary>
    public void Use(string? file) => _file = file;

    /// <summary>Whether there is a place for it.</summary>
    internal bool IsKnown => _file is not null;

    /// <summary>The key, made if there is none; null: no place for one was given.</summary>
    internal ECDsa? Open()
    {
        if (_file is null) return null;
        if (!File.Exists(_file))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var unfinished = $"{_file}.{Guid.NewGuid():N}";
            ClusterSecrets.WritePrivate(unfinished, made.ExportPkcs8PrivateKeyPem());
            try
            {
                File.Move(unfinished, _file);
            }
            catch (IOException) when (File.Exists(_file))
            {
                File.Delete(unfinished); // another node made it meanwhile
            }
        }

        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(_file));
        return key;
    }

    /// <summary>How a key is called: the first half of the SHA-256 of its public part (SubjectPublicKeyInfo), in hexadecimal.</summary>
    internal static string IdOf(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey))[..32];
}
