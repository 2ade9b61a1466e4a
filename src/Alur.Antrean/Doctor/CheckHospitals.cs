using System.Data.Common;
using Alur.Antrean.Sites;
using Alur.Platform.Doctor;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Doctor;

/// <summary>Every configured hospital's Khanza and BPJS account. Our own database is used if it is there, and not missed if it is not.</summary>
internal sealed class CheckHospitals(
    Func<KhanzaOptions, DbDataSource> connect, IOptions<AntreanOptions> options, TimeProvider clock) : IDoctorCheck
{
    public Words? OnlyWithDatabase => null;

    public bool AsksOthers => true;

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        var enabled = round.Database is { } db ? await SiteDirectory.EnabledTasks(db, ct) : [.. TaskProfiles.Enabled];
        var findings = new List<Finding>();
        IReadOnlyList<SiteMode> modes = [];
        if (round.Database is { } asked)
        {
            using var standing = new SiteModes(asked);
            modes = await standing.All(ct);
        }
        foreach (var (code, settings) in options.Value.Sites.OrderBy(s => s.Key, StringComparer.Ordinal).Where(s => round.Subject is null || s.Key == round.Subject))
        {
            var sends = modes.FirstOrDefault(mode => mode.Site == code)?.Sends ?? settings.Mode == "send";
            IEnumerable<Finding> found = [.. await Khanza(code, settings, enabled, ct), .. await CheckBpjs.Run(code, settings.Bpjs, sends, ct)];
            findings.AddRange(found.Select(f => f with { Subject = code }));
        }
        return findings;
    }

    /// <summary>One hospital's Khanza, for the tasks that are sent at all.</summary>
    internal async Task<IReadOnlyList<Finding>> Khanza(string code, SiteOptions settings, IReadOnlySet<string> enabled, CancellationToken ct)
    {
        var site = new Site(0, code, settings) { Sources = TaskProfiles.Of(settings).Where(s => enabled.Contains(s.Key)).ToDictionary(StringComparer.Ordinal) };
        if (site.Options.Khanza.Missing() is { Count: > 0 } missing)
        {
            var keys = string.Join(", ", missing.Select(key => $"Antrean:Sites:{site.Code}:Khanza:{key}"));
            return [Finding.Wrong(CheckKhanza.Code, new($"Khanza tidak dibaca. Belum diatur: {keys}", $"Khanza is not read. Not configured: {keys}"),
                new("Isi pengaturan itu di alur.json.", "Fill these settings in alur.json."))];
        }
        await using var khanza = connect(site.Options.Khanza);
        return await CheckKhanza.Run(site, khanza, site.Today(clock), ct);
    }
}
