using System.Globalization;
using Alur.Antrean.Sites;
using Alur.Platform.Doctor;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Doctor;

/// <summary>Visits that polls leave out because Khanza has no readable date for them.</summary>
internal sealed class CheckUndated(IOptions<AntreanOptions> options) : IDoctorCheck
{
    private const string Code = "antrean.undated";
    private const int MostNamed = 10;

    private const string Ask = """
        select s.code, count(*), (array_agg(u.visit_id order by u.visit_id))[:10]
        from antrean.undated_visits u
        join antrean.sites s on s.id = u.site_id
        group by s.code
        order by s.code
        """;

    public Words? OnlyWithDatabase { get; } = new("kunjungan tanpa tanggal yang terbaca", "visits without a readable date");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        await using var command = round.Database!.CreateCommand(Ask);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var findings = new List<Finding>();
        while (await reader.ReadAsync(ct))
        {
            var code = reader.GetString(0);
            if (options.Value.Sites.ContainsKey(code) && (round.Subject is null || round.Subject == code))
                findings.Add(Of(reader.GetInt64(1), reader.GetFieldValue<string[]>(2)) with { Subject = code });
        }
        return findings;
    }

    private static Finding Of(long count, string[] visits)
    {
        var names = string.Join(", ", visits) + (count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $", +{count - MostNamed}") : "");
        return Finding.Warning(Code,
            new($"{count} kunjungan tidak dibaca karena tgl_registrasi bukan tanggal yang dapat dibaca: {names}.",
                $"{count} {Words.Of(count, "visit is", "visits are")} left out, because tgl_registrasi is no readable date: {names}."),
            new("Perbaiki tanggal pendaftarannya di Khanza; pembacaan berikutnya memasukkannya.", "Mend the registration's date in Khanza; the next poll takes it in."));
    }
}
