namespace Alur.Antrean.Polling;

/// <summary>What is different in Khanza since the last poll.</summary>
/// <param name="Changed">New, changed and returned visits, with their hash.</param>
/// <param name="Missing">Visits we know that a complete read no longer shows.</param>
/// <param name="Inbox">Tasks whose visit is not there (yet).</param>
/// <param name="InboxKnown">Tasks without their visit are stored from earlier.</param>
internal sealed record PollDifference(
    IReadOnlyList<(VisitRead Visit, byte[] Hash)> Changed, string[] Missing, IReadOnlyList<TaskWithoutVisit> Inbox, bool InboxKnown)
{
    /// <summary>Compares a complete read with what is known. In-patient visits enter only if they were known as out-patients before.</summary>
    public static PollDifference Between(
        IReadOnlyDictionary<string, KnownVisit> known, IReadOnlyList<VisitRead> read, IReadOnlyCollection<string> inKhanza,
        IReadOnlyList<TaskWithoutVisit> inbox, bool inboxKnown)
    {
        var changed = new List<(VisitRead, byte[])>();
        foreach (var visit in read)
        {
            var before = known.GetValueOrDefault(visit.VisitId);
            var hash = visit.Hash();
            if (before is null ? visit.Outpatient : before.Gone || !hash.AsSpan().SequenceEqual(before.Hash))
                changed.Add((visit, hash));
        }
        var present = inKhanza.ToHashSet(StringComparer.Ordinal);
        var missing = known.Where(k => !k.Value.Gone && !present.Contains(k.Key)).Select(k => k.Key).ToArray();
        return new PollDifference(changed, missing, inbox, inboxKnown);
    }
}

/// <summary>A visit as stored: the hash of what was read, and whether it was gone from Khanza.</summary>
internal sealed record KnownVisit(byte[] Hash, bool Gone);
