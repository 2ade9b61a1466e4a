using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Realtime;

namespace Alur.Antrean.Board;

/// <summary>
/// <c>antrean:SITE</c>: something has happened to tasks of this hospital. Whoever hears it looks for themselves, with the filters and the rights that they have; so it
/// says nothing of a visit.
/// </summary>
internal static class BoardTopic
{
    private const string Family = "antrean:";
    private const string Changed = "antrean.tasks_changed";

    /// <summary>Its name for one hospital.</summary>
    public static string Of(string site) => Family + site;

    public static Topic Create(SiteDirectory sites) => new(Family, [.. TaskEntries.Types.Select(type => type.Name)], entry => Tell(entry, sites))
    {
        IsHint = true,
        Knows = code => sites.Find(code) is not null,
        May = Topic.Holders(AntreanGrants.FrontOffice),
        TellsPresence = true,
        MaySeeWho = (caller, _) => caller.IsInRole(Policies.Admin),
    };

    // A hospital that is configured no more has no board.
    private static TopicEvent? Tell(JournalEntry entry, SiteDirectory sites) =>
        TaskEntries.SiteOf(entry.Stream) is { } id && sites.All.FirstOrDefault(site => site.Id == id) is { } site ? new TopicEvent(Of(site.Code), Changed, "{}") : null;
}
