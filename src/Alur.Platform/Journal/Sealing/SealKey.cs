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

    /// <summary>Says where it is.</summary>
    /// <param name="file">As the settings name it; null: they do not.</param>
    /// <param name="directory">Of the private database, beside which it lies then; null: there is none, and nothing is sealed.</param>
    public void Use(string? file, string? directory = null) => _file = file ?? (directory is null ? null : Path.Combine(directory, "journal-seal.pem"));

    /// <summary>The file, which may not be there yet; null: no place for one was given.</summary>
    internal string? Place => _file;

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
