using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Polling;

/// <summary>What is different in Khanza since the last poll.</summary>
/// <param name="Changed">New, changed and returned visits, with their hash.</param>
/// <param name="Missing">Visits we know that a complete read no longer shows.</param>
/// <param name="Inbox">Tasks whose visit is not there (yet).</param>
/// <param name="InboxKnown">Tasks without their visit are stored from earlier.</param>
/// <param name="Undated">Every visit that has no date now.</param>
/// <param name="Cancelled">Visits we know that have no date any more and are cancelled; nothing else of them can be read.</param>
internal sealed record PollDifference(
    IReadOnlyList<(VisitRead Visit, byte[] Hash)> Changed, string[] Missing, IReadOnlyList<TaskWithoutVisit> Inbox, bool InboxKnown,
    IReadOnlyList<UndatedVisit> Undated, string[] Cancelled)
{
    /// <summary>Whether a task may have to be judged anew.</summary>
    public bool IsAny => Changed.Count + Missing.Length + Cancelled.Length > 0;

    /// <summary>Compares a complete read with what is known. In-patient visits enter only if they were known as out-patients before.</summary>
    public static PollDifference Between(
        IReadOnlyDictionary<string, KnownVisit> known, IReadOnlyCollection<SeenVisit> seen, KhanzaSnapshot khanza, Site site, bool inboxKnown)
    {
        var changed = new List<(VisitRead, byte[])>();
        foreach (var (rows, hash) in seen)
        {
            var before = known.GetValueOrDefault(rows.Visit.VisitId);
            if (before is null ? rows.Visit.Outpatient : before.Gone || !hash.AsSpan().SequenceEqual(before.Hash))
                changed.Add((ReadVisit.Of(khanza, site, rows.Visit, rows.Booking), hash));
        }
        var missing = known.Where(k => !k.Value.Gone && !khanza.Visits.ContainsKey(k.Key)).Select(k => k.Key).ToArray();
        var inbox = ReadVisit.Inbox(khanza, site);
        var (undated, cancelled) = ReadVisit.Undated(khanza, site);
        return new PollDifference(changed, missing, inbox, inboxKnown, undated, [.. cancelled.Where(id => known.GetValueOrDefault(id) is { Gone: false, WasRead: true })]);
    }
}

/// <summary>A visit as stored: the hash of what was read, and whether it was gone from Khanza.</summary>
internal sealed record KnownVisit(byte[] Hash, bool Gone)
{
    /// <summary>False after a cancellation that stood in a row without a date: whatever is read next is new.</summary>
    public bool WasRead => Hash.Length > 0;
}
