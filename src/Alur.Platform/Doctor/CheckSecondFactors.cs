using Alur.Platform.Data;
using Alur.Platform.Identity;

namespace Alur.Platform.Doctor;

/// <summary>The key of second factors is there for every account that asks for a code. Says nothing where all is well.</summary>
internal sealed class CheckSecondFactors(SecondFactorKeys keys) : IDoctorCheck
{
    private const string Code = "identity.second-factor";
    private const string Ask = "select u.id, s.totp_secret, u.email from identity.sign_ins s join identity.users u on u.id = s.user_id where s.totp_secret is not null order by u.email";

    public Words? OnlyWithDatabase { get; } = new("faktor kedua akun", "second factors of accounts");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        var stored = await round.Database!.Statement(Ask).Rows(r => (User: r.GetGuid(0), Secret: r.GetFieldValue<byte[]>(1), Email: r.GetString(2)), ct);
        string[] lost = [.. stored.Where(s => !keys.Open(s.User, s.Secret).Ok).Select(s => s.Email)];
        var plain = stored.Count(s => SecondFactorKeys.IsPlain(s.Secret));
        return [.. lost.Length > 0 ? [Lost(lost)] : Array.Empty<Finding>(), .. plain > 0 && keys.Place is null ? [Plain(plain)] : Array.Empty<Finding>()];
    }

    private Finding Lost(string[] emails)
    {
        var (who, file) = (string.Join(", ", emails), keys.Place ?? "Identity:SecondFactorKeyFile");
        return Finding.Wrong(Code,
            new($"Faktor kedua akun ini tidak bisa dibaca: {who}. Kuncinya tidak ada di {file}.", $"The second factor of these accounts cannot be read: {who}. Its key is not in {file}."),
            new("Kembalikan baris kunci itu dari salinan yang disimpan, atau: ./alur user reset EMAIL --second-factor", "Put the key's line back from the copy that was kept, or: ./alur user reset EMAIL --second-factor"));
    }

    private static Finding Plain(int count) => Finding.Warning(Code,
        new($"{count} faktor kedua tersimpan tanpa enkripsi, karena tidak ada tempat untuk kuncinya.", $"{count} {Words.Of(count, "second factor")} {(count == 1 ? "is" : "are")} kept unencrypted, because no place is named for the key."),
        new("Tetapkan Identity:SecondFactorKeyFile, sama di setiap node, lalu mulai ulang.", "Set Identity:SecondFactorKeyFile, to the same key on every node, and restart."));
}
