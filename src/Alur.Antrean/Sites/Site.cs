namespace Alur.Antrean.Sites;

/// <summary>A hospital as the module works with it: its row, its options, and what follows from them.</summary>
internal sealed record Site(short Id, string Code, SiteOptions Options)
{
    /// <summary>The delivery channel of the hospital's BPJS account; its breaker has the same name.</summary>
    public string Channel => "bpjs:" + Code;

    /// <summary>The hospital's wall clock.</summary>
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(Options.Zone);

    /// <summary>Sources by task, in the order in which they are tried.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Sources { get; init; } = TaskProfiles.Of(Options);

    /// <summary>Whether any visit that began before <paramref name="checkBefore"/> can still be in a window.</summary>
    /// <param name="checkBefore">As <see cref="SiteMode.CheckBefore"/>.</param>
    /// <param name="now">Business time.</param>
    public bool LooksUp(DateTimeOffset? checkBefore, DateTimeOffset now) => checkBefore is { } before && now < before.AddDays(Options.LookBackDays + 2);

    /// <summary>Khanza clinics that are never sent.</summary>
    public IReadOnlySet<string> ExcludedClinics { get; } = (Options.ExcludedClinics ?? ["IGDK"]).ToHashSet(StringComparer.Ordinal);

    /// <summary>What day it is at the hospital.</summary>
    public DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Zone).DateTime);
}
