using Alur.Antrean.Sites;
using Alur.Platform.Doctor;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Doctor;

/// <summary>Says from when on visits are sent without a look at BPJS, while older ones may still be sent at all.</summary>
internal sealed class CheckLookUps(IOptions<AntreanOptions> options, TimeProvider clock) : IDoctorCheck
{
    private const string Code = "antrean.check-before";

    private const string Ask = "select code, check_before from antrean.sites where mode = 'send' and check_before is not null order by code";

    public Words? OnlyWithDatabase { get; } = new("kunjungan yang dicari dulu di BPJS", "visits that are looked up at BPJS first");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        await using var command = round.Database!.CreateCommand(Ask);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var findings = new List<Finding>();
        while (await reader.ReadAsync(ct))
        {
            if (options.Value.Sites.TryGetValue(reader.GetString(0), out var settings) && (round.Subject is null || round.Subject == reader.GetString(0)))
                findings.AddRange(Of(new Site(0, reader.GetString(0), settings), reader.GetFieldValue<DateTimeOffset>(1)));
        }
        return findings;
    }

    private Finding[] Of(Site site, DateTimeOffset checkBefore)
    {
        if (!site.LooksUp(checkBefore, clock.GetUtcNow()))
            return [];
        var before = TimeZoneInfo.ConvertTime(checkBefore, site.Zone);
        return [Finding.Ok(Code, $"Kunjungan sebelum {before:yyyy-MM-dd HH:mm} dicari dulu di BPJS sebelum dikirim.",
            $"Visits that began before {before:yyyy-MM-dd HH:mm} are looked up at BPJS before anything of them is sent.") with { Subject = site.Code }];
    }
}
