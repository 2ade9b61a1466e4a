namespace Alur.Antrean.Khanza;

/// <summary>
/// What each source says of each visit: a moment as hospital wall-clock time, a value that is no moment, or nothing.
/// One short array per visit: a poll of thousands of visits makes no table so large that throwing it away is work.
/// </summary>
/// <param name="sources">The sources that are wanted, such as <c>mutasi_berkas.dikirim</c>; what others say is dropped.</param>
internal sealed class KhanzaMoments(IEnumerable<string> sources)
{
    // Khanza's moments lie between 1900 and 9000 (KhanzaMoment), so neither can be one.
    private static readonly DateTime Nothing = DateTime.MinValue;
    private static readonly DateTime NoMoment = DateTime.MaxValue;

    private readonly Dictionary<string, int> _places =
        sources.Distinct(StringComparer.Ordinal).Select((source, place) => (source, place)).ToDictionary(s => s.source, s => s.place, StringComparer.Ordinal);

    private readonly Dictionary<string, DateTime[]> _visits = new(StringComparer.Ordinal);

    /// <summary>Notes one value. The earliest moment of a source counts: a visit can have several notes and several prescriptions.</summary>
    /// <param name="moment">Null: the source has a value that is no moment, such as a zero date.</param>
    public void Add(string visitId, string source, DateTime? moment)
    {
        if (!_places.TryGetValue(source, out var place))
            return;
        if (!_visits.TryGetValue(visitId, out var said))
            _visits[visitId] = said = new DateTime[_places.Count];
        var value = moment ?? NoMoment;
        if (said[place] == Nothing || value < said[place])
            said[place] = value;
    }

    /// <summary>The moment of a visit by this source; null when there is none.</summary>
    public DateTime? Find(string visitId, string source) => Said(visitId, source) is var said && said != Nothing && said != NoMoment ? said : null;

    /// <summary>Whether the source has a value for this visit, and none that is a moment.</summary>
    public bool IsUnreadable(string visitId, string source) => Said(visitId, source) == NoMoment;

    /// <summary>Everything said of a visit, to compare with another read of the same sources.</summary>
    public ReadOnlyMemory<DateTime> Of(string visitId) => _visits.GetValueOrDefault(visitId);

    private DateTime Said(string visitId, string source) =>
        _places.TryGetValue(source, out var place) && _visits.TryGetValue(visitId, out var said) ? said[place] : Nothing;
}
