namespace Alur.Antrean.Profiles;

/// <summary>Counts per task and source, added up visit by visit.</summary>
internal sealed class SourceCounts(IReadOnlyDictionary<string, IReadOnlyList<string>> candidates)
{
    private readonly Dictionary<string, int> _present = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _zero = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _wrongDay = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Before, string Source), (int Both, int Equal, int Reversed)> _pairs = [];

    /// <summary>The sums, in the order of tasks and candidates.</summary>
    public IReadOnlyList<SourceFigures> Figures =>
    [
        .. from task in SourceCandidates.Tasks
           from source in candidates[task]
           select new SourceFigures(
               task, source, _present.GetValueOrDefault(source), _zero.GetValueOrDefault(source), _wrongDay.GetValueOrDefault(source),
               [.. Before(task).Where(before => before != source).Select(before => Pair(before, source))]),
    ];

    /// <summary>A value of this source that is no moment.</summary>
    public void AddZero(string source) => _zero[source] = _zero.GetValueOrDefault(source) + 1;

    /// <summary>The moments of one visit.</summary>
    public void Add(IReadOnlyDictionary<string, DateTime> moments, Func<DateTime, bool> isWrongDay)
    {
        foreach (var (source, moment) in moments)
        {
            _present[source] = _present.GetValueOrDefault(source) + 1;
            _wrongDay[source] = _wrongDay.GetValueOrDefault(source) + (isWrongDay(moment) ? 1 : 0);
        }
        foreach (var (before, source) in Pairs())
        {
            if (!moments.TryGetValue(before, out var first) || !moments.TryGetValue(source, out var second))
                continue;
            var sum = _pairs.GetValueOrDefault((before, source));
            _pairs[(before, source)] = (sum.Both + 1, sum.Equal + (first == second ? 1 : 0), sum.Reversed + (second < first ? 1 : 0));
        }
    }

    private IEnumerable<(string Before, string Source)> Pairs() =>
        (from task in SourceCandidates.Tasks
         from before in Before(task)
         from source in candidates[task]
         where before != source
         select (before, source)).Distinct();

    private IReadOnlyList<string> Before(string task) =>
        task == SourceCandidates.Tasks[0] ? [] : candidates[SourceCandidates.Tasks[SourceCandidates.Tasks.ToList().IndexOf(task) - 1]];

    private PairFigures Pair(string before, string source)
    {
        var (both, equal, reversed) = _pairs.GetValueOrDefault((before, source));
        return new PairFigures(before, both, equal, reversed);
    }
}
