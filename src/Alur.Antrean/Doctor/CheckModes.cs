using Alur.Antrean.Sites;
using Alur.Platform.Doctor;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Doctor;

/// <summary>Hospitals that send or observe otherwise than their configuration says, because a person switched them or a start is still to come.</summary>
internal sealed class CheckModes(IOptions<AntreanOptions> options) : IDoctorCheck
{
    private const string Code = "antrean.mode";

    private static readonly Words s_restart = new("Mulai ulang server bila pengaturan itu memang dimaksud.", "Restart the server if the configuration is meant so.");

    private static readonly Words s_write = new(
        "Bila memang dimaksud, tulis Mode dan SendFrom yang sama di alur.json, supaya file itu tidak menyesatkan.",
        "If it is meant, write the same Mode and SendFrom in alur.json, so that the file misleads nobody.");

    public Words? OnlyWithDatabase { get; } = new("mode observe atau send yang berlaku", "whether hospitals send or observe");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        using var modes = new SiteModes(round.Database!);
        return
        [
            .. from mode in await modes.All(ct)
               where round.Subject is null || round.Subject == mode.Site
               let told = options.Value.Sites.TryGetValue(mode.Site, out var site) ? mode.Told(site) : null
               where told is not null
               select Finding.Warning(Code, told, mode.Switched is null ? s_restart : s_write) with { Subject = mode.Site },
        ];
    }
}
