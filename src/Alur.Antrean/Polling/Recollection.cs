using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Polling;

/// <summary>
/// What the last poll of a site made of each visit. Rows that are still the same need not be thought about again: most polls find
/// nothing new in thousands of visits. Only a memory; whether anything is written is decided against what is stored.
/// </summary>
internal sealed class Recollection(Site site)
{
    private Dictionary<string, SeenVisit> _seen = [];
    private Rules? _rules;

    /// <summary>Every visit of the snapshot that has a date, with the hash of what it means.</summary>
    public IReadOnlyCollection<SeenVisit> Look(KhanzaSnapshot khanza)
    {
        var rules = new Rules([.. khanza.Slots.SelectMany(s => s, (s, slot) => (s.Key, slot))], [.. khanza.Clinics], [.. khanza.Doctors]);
        var before = rules.IsSame(_rules) ? _seen : [];
        var now = new Dictionary<string, SeenVisit>(khanza.Visits.Count, StringComparer.Ordinal);
        foreach (var (visit, booking) in ReadVisit.Rows(khanza))
        {
            var rows = new VisitRows(visit, booking, khanza.Letters.GetValueOrDefault(visit.VisitId), khanza.Moments.Of(visit.VisitId));
            now[visit.VisitId] = before.TryGetValue(visit.VisitId, out var known) && rows.IsSame(known.Rows)
                ? known
                : new SeenVisit(rows, ReadVisit.Of(khanza, site, visit, booking).Hash());
        }
        (_seen, _rules) = (now, rules);
        return now.Values;
    }

    // What decides about all visits alike: schedules and mappings.
    private sealed record Rules(
        ((string Doctor, string Clinic) Key, KhanzaSlot Slot)[] Slots, KeyValuePair<string, string>[] Clinics, KeyValuePair<string, string>[] Doctors)
    {
        public bool IsSame(Rules? other) => other is not null && Slots.AsSpan().SequenceEqual(other.Slots)
            && Clinics.AsSpan().SequenceEqual(other.Clinics) && Doctors.AsSpan().SequenceEqual(other.Doctors);
    }
}

/// <summary>A visit as it was seen.</summary>
/// <param name="Rows">What Khanza says.</param>
/// <param name="Hash">Of what that means (<see cref="VisitRead.Hash"/>).</param>
internal sealed record SeenVisit(VisitRows Rows, byte[] Hash);

/// <summary>All rows of one visit.</summary>
internal sealed record VisitRows(KhanzaVisit Visit, KhanzaBooking? Booking, KhanzaLetter? Letter, ReadOnlyMemory<DateTime> Moments)
{
    public bool IsSame(VisitRows other) =>
        Visit == other.Visit && Booking == other.Booking && Letter == other.Letter && Moments.Span.SequenceEqual(other.Moments.Span);
}
