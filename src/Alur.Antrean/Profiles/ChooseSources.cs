using Alur.Antrean.Polling;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Profiles;

/// <summary>
/// Finds the sources that complete most visits by trying every order of up to three sources per task. The rules are asked once for each
/// way in which a group of visits could be told (one source per task); what a list of sources tells of a group is one of these ways.
/// </summary>
internal sealed class ChooseSources(Site site, JudgeVisits judge, IReadOnlyDictionary<string, IReadOnlyList<string>> candidates)
{
    /// <summary>The best choice; of equals the one with the fewest sources, then the more usual ones.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Run(IReadOnlyCollection<VisitGroup> groups, CancellationToken ct)
    {
        VisitGroup[] all = [.. groups];
        var complete = await Complete(all, ct);
        var orders = SourceCandidates.Tasks.Select(task => Orders(task, all)).ToArray();
        var best = (Visits: -1, Sources: 0, Choice: (orders[0][0], orders[1][0], orders[2][0]));
        foreach (var three in orders[0])
        foreach (var four in orders[1])
        foreach (var five in orders[2])
        {
            var visits = 0;
            for (var i = 0; i < all.Length; i++)
                visits += complete[i].Contains((three.Told[i], four.Told[i], five.Told[i])) ? all[i].Count : 0;
            var sources = three.Sources.Count + four.Sources.Count + five.Sources.Count;
            if (visits > best.Visits || (visits == best.Visits && sources < best.Sources))
                best = (visits, sources, (three, four, five));
        }
        var (a, b, c) = best.Choice;
        return Sources(a.Sources, b.Sources, c.Sources);
    }

    private static Dictionary<string, IReadOnlyList<string>> Sources(params IReadOnlyList<string>[] sources) =>
        SourceCandidates.Tasks.Zip(sources).ToDictionary(x => x.First, x => x.Second, StringComparer.Ordinal);

    /// <summary>For each group the ways of telling it (by the place of the source among the candidates) that would be sent whole.</summary>
    private async Task<HashSet<(int, int, int)>[]> Complete(VisitGroup[] groups, CancellationToken ct)
    {
        var ways = new List<(int Group, (int, int, int) Way)>();
        var visits = new List<(VisitRead, IReadOnlyList<ObservedTask>)>();
        for (var group = 0; group < groups.Length; group++)
        {
            foreach (var way in Ways())
            {
                var told = groups[group].Observe(site.With(Sources([candidates["3"][way.Item1]], [candidates["4"][way.Item2]], [candidates["5"][way.Item3]]))).ToList();
                if (told.Count < SourceCandidates.Tasks.Count)
                    continue;
                ways.Add((group, way));
                visits.Add((groups[group].Visit, [groups[group].Visit.Tasks[0], .. told]));
            }
        }
        var obstacles = await judge.Run(visits, ct);
        var complete = groups.Select(_ => new HashSet<(int, int, int)>()).ToArray();
        foreach (var ((group, way), obstacle) in ways.Zip(obstacles))
        {
            if (obstacle is null)
                complete[group].Add(way);
        }
        return complete;
    }

    private IEnumerable<(int, int, int)> Ways() =>
        from three in Enumerable.Range(0, candidates["3"].Count)
        from four in Enumerable.Range(0, candidates["4"].Count)
        from five in Enumerable.Range(0, candidates["5"].Count)
        select (three, four, five);

    /// <summary>Every order of a task's sources that tells some group otherwise than a shorter one, with the source it takes for each group.</summary>
    private List<(IReadOnlyList<string> Sources, int[] Told)> Orders(string task, VisitGroup[] groups)
    {
        var different = new Dictionary<string, (IReadOnlyList<string>, int[])>(StringComparer.Ordinal);
        foreach (var order in SourceCandidates.Orders(candidates[task]))
        {
            var with = site.With(new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [task] = order });
            var told = Array.ConvertAll(groups, g => candidates[task].ToList().IndexOf(g.Observe(with).FirstOrDefault()?.Source ?? ""));
            different.TryAdd(string.Join(',', told), (order, told));
        }
        return [.. different.Values];
    }
}
