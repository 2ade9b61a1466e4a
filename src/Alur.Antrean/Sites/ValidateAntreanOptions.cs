using System.Globalization;
using System.Text.RegularExpressions;
using Alur.Platform.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Sites;

/// <summary>Finds every mistake in section <c>Antrean</c>, one message each, naming the full key.</summary>
internal sealed partial class ValidateAntreanOptions(IConfiguration configuration) : IValidateOptions<AntreanOptions>
{
    public ValidateOptionsResult Validate(string? name, AntreanOptions options)
    {
        var mistakes = Cadences(options).Concat(options.Sites.SelectMany(s => Site(s.Key, s.Value))).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    /// <summary>Reads <see cref="SiteOptions.SendFrom"/>; a time without an offset is the site's own. Null when absent or not readable.</summary>
    internal static DateTimeOffset? SendFrom(SiteOptions site) => Moment(site.SendFrom, site.Zone);

    /// <summary>A moment as people write it; without an offset it is the zone's own. Null when absent or not readable.</summary>
    internal static DateTimeOffset? Moment(string? text, string zoneId)
    {
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
            return null;
        return time.Kind != DateTimeKind.Unspecified
            ? DateTimeOffset.Parse(text!, CultureInfo.InvariantCulture)
            : TimeZoneInfo.TryFindSystemTimeZoneById(zoneId, out var zone) ? new DateTimeOffset(time, zone.GetUtcOffset(time)) : null;
    }

    private static IEnumerable<string> Cadences(AntreanOptions o) =>
        from x in new (string Key, TimeSpan Value)[]
        {
            (nameof(o.PollInterval), o.PollInterval), (nameof(o.BuildInterval), o.BuildInterval),
            (nameof(o.ReconcileInterval), o.ReconcileInterval), (nameof(o.ReferenceInterval), o.ReferenceInterval),
        }
        where x.Value <= TimeSpan.Zero
        select $"Antrean:{x.Key} must be longer than zero, but is {x.Value}";

    private IEnumerable<string> Site(string code, SiteOptions site)
    {
        var at = $"Antrean:Sites:{code}";
        if (!SiteCode().IsMatch(code))
            yield return $"{at} is not a site code: use lower-case letters, digits and hyphens, at most 31";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(site.Zone, out _))
            yield return $"{at}:Zone is not a known time zone: '{site.Zone}' (such as Asia/Jakarta, Asia/Makassar, Asia/Jayapura)";
        if (site.OnSiteJkn is not ("desktop" or "bridge"))
            yield return $"{at}:OnSiteJkn must be desktop or bridge, but is '{site.OnSiteJkn}'";
        if (site.Khanza.Tls is not ("off" or "verified"))
            yield return $"{at}:Khanza:Tls must be off or verified, but is '{site.Khanza.Tls}'";
        if (string.IsNullOrWhiteSpace(site.PayerCode))
            yield return $"{at}:PayerCode must not be empty";
        foreach (var mistake in Sending(at, site).Concat(Sources(at, site)).Concat(Numbers(at, site)).Concat(Address(at, site.Bpjs)).Concat(Waits(at, site.Bpjs)))
            yield return mistake;
    }

    private static IEnumerable<string> Sending(string at, SiteOptions site)
    {
        if (site.Mode is not ("observe" or "send"))
            yield return $"{at}:Mode must be observe or send, but is '{site.Mode}'";
        if (site.SendFrom is not null && SendFrom(site) is null)
            yield return $"{at}:SendFrom is not a date and time such as 2026-11-23T00:00:00+07:00: '{site.SendFrom}'";
        if (site.Mode == "send" && site.SendFrom is null)
            yield return $"{at}:SendFrom is required when Mode is send";
        if (site.Mode == "send" && site.Profile is null)
            yield return $"{at}:Profile is required when Mode is send; choose one of {string.Join(", ", TaskProfiles.Names)}";
        if (site.Mode == "send" && (site.SendFrom is null || site.Profile is null))
            yield return Advice(at, site);
        if (site.Profile is not null && !TaskProfiles.Names.Contains(site.Profile, StringComparer.Ordinal))
            yield return $"{at}:Profile must be one of {string.Join(", ", TaskProfiles.Names)}, but is '{site.Profile}'";
    }

    // Somebody switches sending on for the first time: what has a default, or only stops the sending later, is worth a look now.
    private static string Advice(string at, SiteOptions site) =>
        $"{at}:Mode is send: check as well that OnSiteJkn ({site.OnSiteJkn}) is right: desktop where Khanza's own screen registers on-site BPJS patients, bridge where nobody does; "
        + (site.Bpjs.Missing() is { Count: > 0 } missing ? $"and give Bpjs:{string.Join(", Bpjs:", missing)}, without which nothing is sent" : "the keys of Bpjs are there");

    private static IEnumerable<string> Sources(string at, SiteOptions site)
    {
        foreach (var (task, sources) in site.TaskSources)
        {
            if (!TaskProfiles.Tasks.Contains(task, StringComparer.Ordinal))
                yield return $"{at}:TaskSources:{task} is not a task with a source; known are {string.Join(", ", TaskProfiles.Tasks)}";
            for (var i = 0; i < sources.Count; i++)
            {
                if (!TaskProfiles.Sources.Contains(sources[i]))
                    yield return $"{at}:TaskSources:{task}:{i} is not a known source: '{sources[i]}'";
            }
        }
    }

    private static IEnumerable<string> Numbers(string at, SiteOptions site) =>
        from x in new (string Key, int Value, int Least, int Most)[]
        {
            ("LookBackDays", site.LookBackDays, 0, 31), ("LookAheadDays", site.LookAheadDays, 0, 90),
            ("MinutesPerPatient", site.MinutesPerPatient, 1, 240),
            ("Khanza:Port", site.Khanza.Port, 1, 65535), ("Khanza:TimeoutSeconds", site.Khanza.TimeoutSeconds, 1, 3600),
            ("Bpjs:TimeoutSeconds", site.Bpjs.TimeoutSeconds, 1, 300),
            ("Bpjs:RefusedPauseSeconds", site.Bpjs.RefusedPauseSeconds, 1, 86_400), ("Bpjs:ListLagSeconds", site.Bpjs.ListLagSeconds, 0, 3600),
            ("Bpjs:MaxConcurrent", site.Bpjs.MaxConcurrent, 1, 256), ("Bpjs:MaxPerSecond", site.Bpjs.MaxPerSecond, 1, 10_000),
        }
        where x.Value < x.Least || x.Value > x.Most
        select $"{at}:{x.Key} must be between {x.Least} and {x.Most}, but is {x.Value}";

    // A call that the engine cuts cannot say any more what BPJS did with it.
    private IEnumerable<string> Waits(string at, BpjsOptions bpjs)
    {
        var cut = configuration.GetValue("Delivery:CallTimeout", new DeliveryOptions().CallTimeout);
        if (bpjs.TimeoutSeconds <= 300 && bpjs.TimeoutSeconds >= cut.TotalSeconds)
            yield return $"{at}:Bpjs:TimeoutSeconds must be shorter than Delivery:CallTimeout ({cut}), but is {bpjs.TimeoutSeconds} s";
    }

    private static IEnumerable<string> Address(string at, BpjsOptions bpjs)
    {
        if (string.IsNullOrWhiteSpace(bpjs.BaseUrl))
            yield break;
        if (!Uri.TryCreate(bpjs.BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            yield return $"{at}:Bpjs:BaseUrl is not an http address: '{bpjs.BaseUrl}'";
        else if (url.Scheme == "http" && !url.IsLoopback)
            yield return $"{at}:Bpjs:BaseUrl must be https: patients' data is sent there";
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,30}$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex SiteCode();
}
