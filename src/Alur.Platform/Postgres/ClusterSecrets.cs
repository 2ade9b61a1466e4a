using System.Security.Cryptography;
using System.Text.Json;

namespace Alur.Platform.Postgres;

/// <summary>Generated passwords of the three roles, in a file only we can read.</summary>
internal sealed record ClusterSecrets(string Admin, string Owner, string App)
{
    /// <summary>Reads them, or makes them for a cluster that does not exist yet.</summary>
    public static ClusterSecrets ReadOrMake(ClusterPlace place)
    {
        if (File.Exists(place.Secrets))
        {
            return Read(place);
        }

        if (Directory.Exists(place.Data))
        {
            throw new PostgresUnavailableException("SECRETS_MISSING", $"{place.Data} exists but its passwords ({place.Secrets}) are gone; restore that file from a backup.");
        }

        var made = new ClusterSecrets(NewPassword(), NewPassword(), NewPassword());
        var unfinished = place.Secrets + ".new";
        WritePrivate(unfinished, JsonSerializer.Serialize(made));
        File.Move(unfinished, place.Secrets, overwrite: true);
        return made;
    }

    /// <summary>Writes a file that has mode 0600 from its first moment.</summary>
    public static void WritePrivate(string path, string text)
    {
        File.Delete(path);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var writer = new StreamWriter(file);
        writer.Write(text);
        writer.Flush();
        file.Flush(flushToDisk: true); // whoever relies on it would be locked out after a power cut
    }

    private static ClusterSecrets Read(ClusterPlace place)
    {
        try
        {
            return JsonSerializer.Deserialize<ClusterSecrets>(File.ReadAllText(place.Secrets)) ?? throw new JsonException("empty");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new PostgresUnavailableException("SECRETS_UNREADABLE", $"Cannot read {place.Secrets}: {e.Message}", e);
        }
    }

    private static string NewPassword() => Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
}
