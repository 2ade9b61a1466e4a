using Alur.Antrean.Sites;
using Alur.Platform.Doctor;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Doctor;

/// <summary>The server really polls: the last poll of every hospital is young and did not break off.</summary>
internal sealed class CheckPolling(IOptions<AntreanOptions> options) : IDoctorCheck
{
    private const string Code = "antrean.polling";

    private const string Ask = "select code, last_poll_error, extract(epoch from now() - last_poll_at)::bigint / 60 from antrean.sites order by code";

    private static readonly Words Serve = new("Jalankan ./alur serve dan lihat catatannya (log).", "Run ./alur serve and look at its log.");

    public Words? OnlyWithDatabase { get; } = new("kapan Khanza terakhir dibaca", "when Khanza was last read");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        await using var command = round.Database!.CreateCommand(Ask);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var findings = new List<Finding>();
        while (await reader.ReadAsync(ct))
        {
            var code = reader.GetString(0);
            if (options.Value.Sites.ContainsKey(code) && (round.Subject is null || round.Subject == code))
                findings.Add(Of(reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetInt64(2)) with { Subject = code });
        }
        return findings;
    }

    private static Finding Of(string? error, long? minutes) =>
        error is not null ? Finding.Wrong(Code, new($"Pembacaan Khanza terakhir gagal: {error}", $"The last poll of Khanza failed: {error}"),
            new("Perbaiki yang disebut; pembacaan dicoba lagi sendiri.", "Mend what it names; polling tries again by itself.")) with { Follows = CheckKhanza.Code }
        : minutes is null ? Finding.Warning(Code, new("Khanza belum pernah dibaca.", "Khanza was never read yet."), Serve)
        : minutes >= 10 ? Finding.Warning(Code, new($"Khanza terakhir dibaca {minutes} menit yang lalu.", $"Khanza was last read {minutes} minutes ago."), Serve)
        : Finding.Ok(Code, "Khanza dibaca secara berkala.", "Khanza is being read.");
}
