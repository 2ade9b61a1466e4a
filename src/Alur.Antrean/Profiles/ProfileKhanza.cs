using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;
using Alur.Platform.Results;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Profiles;

/// <summary>
/// <c>alur antrean profile</c>: reads whole past days of service of a hospital, by the days of their numbers in one snapshot, and tells how good
/// each source of a task is and which choice would complete most visits by the rules that hold tasks. Writes nothing, neither to Khanza nor here.
/// </summary>
internal sealed class ProfileKhanza(
    NpgsqlDataSource db, Func<KhanzaOptions, DbDataSource> connect, IOptions<AntreanOptions> options, TimeProvider clock)
{
    /// <summary>More days than this are another hospital: habits change, and every day is read from a database in use.</summary>
    public const int MostDays = 366;

    /// <summary>Days by which a number may be older than the day of service, beyond those that polls look ahead: bookings get theirs when they are made.</summary>
    private const int NumberedBefore = 7;

    // tgl_registrasi has no index in Khanza; which visits are of a day but numbered on another one is known here.
    private const string Served = """
        select v.visit_id from antrean.visits v join antrean.sites s on s.id = v.site_id
        where s.code = $1 and v.service_date = $2 and v.cancelled_reason is null
        """;

    /// <summary>Runs it. Throws when Khanza or the database cannot be reached.</summary>
    public async Task<Result<ProfileReport>> Run(ProfileRequest request, CancellationToken ct)
    {
        if (!options.Value.Sites.TryGetValue(request.Site, out var settings))
            return new NotFound("SITE_UNKNOWN", $"There is no site '{request.Site}'; configured are: {string.Join(", ", options.Value.Sites.Keys.Order(StringComparer.Ordinal))}.");
        if (request.Days is < 1 or > MostDays)
            return new Invalid("DAYS_OUT_OF_RANGE", $"--days must be between 1 and {MostDays}, but is {request.Days}.");
        if (SiteDirectory.CannotPoll(request.Site, settings) is { } missing)
            return new Invalid("KHANZA_NOT_CONFIGURED", missing);
        await using var khanza = connect(settings.Khanza);
        var there = await SourceCandidates.ColumnsOf(khanza, ct);
        var candidates = SourceCandidates.In(there, settings);
        if (SourceCandidates.Tasks.FirstOrDefault(task => candidates[task].Count == 0) is { } without)
            return new Unavailable("NO_SOURCE", $"No column of this database that could tell task {without} can be read; check the account's rights.");
        return await Profile(new Site(0, request.Site, settings).With(candidates), khanza, there, request, ct);
    }

    private async Task<ProfileReport> Profile(Site site, DbDataSource khanza, IReadOnlySet<string> there, ProfileRequest request, CancellationToken ct)
    {
        var today = site.Today(clock);
        var window = request.ServedOn is { } day ? new KhanzaWindow(day, day) : new KhanzaWindow(today.AddDays(-request.Days), today.AddDays(-1));
        var judge = new JudgeVisits(db, site, clock.GetUtcNow());
        await judge.Run([], ct); // a database that lacks the rules says so now, not after a month was read
        var groups = new VisitGroups(site, site.Sources, clock.GetUtcNow());
        if (request.ServedOn is { } served)
            await AddServed(groups, served, khanza, site, window, ct);
        else
        {
            var numbers = new KhanzaWindow(window.First.AddDays(-site.Options.LookAheadDays - NumberedBefore), window.Last.AddDays(1));
            await foreach (var (numbered, snapshot) in ReadKhanza.Days(khanza, site, numbers, ct))
                groups.Add(snapshot, visit => numbered.Holds(visit.VisitId) && visit.Outpatient && window.First <= visit.ServiceDate && visit.ServiceDate <= window.Last);
        }
        var best = await new ChooseSources(site, judge, site.Sources).Run(groups.All, ct);
        var named = new List<ProfileOutcome>();
        foreach (var name in TaskProfiles.Names)
            named.Add(await Outcome(name, TaskProfiles.Of(new SiteOptions { Profile = name }), site, there, groups, judge, ct));
        var current = site.Options.Profile is null && site.Options.TaskSources.Count == 0 ? null
            : await Outcome(NameOf(site.Options), TaskProfiles.Of(site.Options), site, there, groups, judge, ct);
        var bestName = NameOf(best, site.Options);
        return new ProfileReport(
            site.Code, window.First, window.Last, groups.Visits, groups.Figures, named, current,
            await Outcome(bestName, best, site, there, groups, judge, ct), Configuration(site, best, bestName));
    }

    private async Task AddServed(VisitGroups groups, DateOnly day, DbDataSource khanza, Site site, KhanzaWindow window, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Served);
        command.Parameters.Add(new() { Value = site.Code });
        command.Parameters.Add(new() { Value = day });
        var served = new HashSet<string>(StringComparer.Ordinal);
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                served.Add(reader.GetString(0));
        }
        groups.Add(await ReadKhanza.Run(khanza, site, window, served.Where(visit => !window.Holds(visit)), ct), visit => served.Contains(visit.VisitId));
    }

    private static async Task<ProfileOutcome> Outcome(
        string? name, IReadOnlyDictionary<string, IReadOnlyList<string>> sources, Site site, IReadOnlySet<string> there, VisitGroups groups, JudgeVisits judge,
        CancellationToken ct)
    {
        var chosen = SourceCandidates.Tasks.ToDictionary(task => task, task => sources[task], StringComparer.Ordinal);
        if (SourceCandidates.Lacking(there, chosen.Values.SelectMany(s => s)) is { Count: > 0 } lacks)
            return new ProfileOutcome(name, chosen, 0, [], lacks);
        var with = site.With(chosen);
        var obstacles = await judge.Run([.. groups.All.Select(g => (g.Visit, (IReadOnlyList<Polling.ObservedTask>)[g.Visit.Tasks[0], .. g.Observe(with)]))], ct);
        var counted = groups.All.Zip(obstacles).ToList();
        return new ProfileOutcome(
            name, chosen, counted.Where(c => c.Second is null).Sum(c => c.First.Count),
            [.. counted.Where(c => c.Second is not null).GroupBy(c => c.Second!)
                .Select(same => same.Key with { Visits = same.Sum(c => c.First.Count) })
                .OrderByDescending(o => o.Visits).ThenBy(o => o.Task, StringComparer.Ordinal).ThenBy(o => o.Reason, StringComparer.Ordinal)],
            []);
    }

    /// <summary>A named profile where that says it all; else the sources one by one, over the profile that gives the pharmacy's.</summary>
    private static JsonObject Configuration(Site site, IReadOnlyDictionary<string, IReadOnlyList<string>> best, string? name)
    {
        var settings = new JsonObject { ["Profile"] = name ?? site.Options.Profile ?? TaskProfiles.WhileNoneIsChosen };
        if (name is null)
            settings["TaskSources"] = JsonSerializer.SerializeToNode(best);
        return new JsonObject { ["Antrean"] = new JsonObject { ["Sites"] = new JsonObject { [site.Code] = settings } } };
    }

    // The profile in use is kept where it is as good: it also names the pharmacy's sources. Own sources of the site would stay in force over any name.
    private static string? NameOf(IReadOnlyDictionary<string, IReadOnlyList<string>> sources, SiteOptions site) => site.TaskSources.Count > 0 ? null
        : TaskProfiles.Names.OrderByDescending(name => name == site.Profile)
            .FirstOrDefault(name => IsSame(sources, TaskProfiles.Of(new SiteOptions { Profile = name })));

    private static string? NameOf(SiteOptions site) => site.TaskSources.Count == 0 ? site.Profile : null;

    private static bool IsSame(IReadOnlyDictionary<string, IReadOnlyList<string>> one, IReadOnlyDictionary<string, IReadOnlyList<string>> other) =>
        SourceCandidates.Tasks.All(task => one[task].SequenceEqual(other[task], StringComparer.Ordinal));
}
