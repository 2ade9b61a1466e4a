using System.Security.Cryptography;
using Alur.Platform.Journal;
using Alur.Platform.Journal.Sealing;

namespace Alur.Platform.Doctor;

/// <summary>Whether the journal is sealed. The key has a place by itself only beside a private database.</summary>
internal sealed class CheckSeal(SealKey key) : IDoctorCheck
{
    private const string Check = "journal.seal";

    private static readonly Words Name = new(
        $"Sebut file untuk kuncinya di {JournalOptions.SealKeyFileKey} (di luar database, hanya terbaca oleh pengguna server), lalu mulai ulang server; simpan salinannya di tempat aman.",
        $"Name a file for its key in {JournalOptions.SealKeyFileKey} (outside the database, readable by the server's user only) and start the server again; keep a copy of it in a safe place.");

    public Words? OnlyWithDatabase { get; } = new("segel jurnal", "the journal's seal");

    public Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct) => Task.FromResult<IReadOnlyList<Finding>>([Look()]);

    private Finding Look()
    {
        if (key.Place is not { } file)
            return Finding.Warning(Check, new("Jurnal tidak disegel: perubahan di belakang server tidak akan terlihat.", "The journal is not sealed: what is changed behind the server's back will not show."), Name);
        try
        {
            // The server makes it when it first seals; nothing is made here.
            if (!File.Exists(file))
                return Finding.Ok(Check, "Kunci segel jurnal dibuat saat pertama kali dipakai.", "The key that seals the journal is made when it is first used.");
            using var read = key.Open();
            return Finding.Ok(Check, $"Jurnal disegel dengan kunci di {file}.", $"The journal is sealed with the key in {file}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return Finding.Wrong(Check, new($"Kunci segel jurnal di {file} tidak terbaca.", $"The key in {file}, which seals the journal, cannot be read."),
                new("Kembalikan file itu dari salinannya, terbaca oleh pengguna server.", "Put the file back from its copy, readable by the server's user."));
        }
    }
}
