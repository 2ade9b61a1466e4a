using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Alur.SpecCoverage;

/// <summary>How far one system, or all, is covered. The three numbers add up to <paramref name="Total"/>.</summary>
/// <param name="Total">Requirements in the inventory.</param>
/// <param name="Tested">Named by at least one test.</param>
/// <param name="Decided">Named by no test, but by a recorded decision.</param>
/// <param name="Open">Named by neither.</param>
internal sealed record Figures(int Total, int Tested, int Decided, int Open);

/// <summary>The inventory compared with the tests and decisions that name its ids.</summary>
internal sealed record Coverage(Figures All, IReadOnlyDictionary<string, Figures> BySystem, IReadOnlyList<string> OpenIds)
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    public static Coverage Of(IReadOnlyList<Requirement> inventory, IEnumerable<TestMethod> tests, IEnumerable<Decision> decisions)
    {
        var tested = tests.SelectMany(test => test.Spec).ToHashSet(StringComparer.Ordinal);
        var decided = decisions.Select(decision => decision.Id).ToHashSet(StringComparer.Ordinal);
        decided.ExceptWith(tested);
        return new Coverage(
            Count(inventory, tested, decided),
            inventory.GroupBy(item => item.System, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => Count([.. group], tested, decided), StringComparer.Ordinal),
            [.. inventory.Select(item => item.Id).Where(id => !tested.Contains(id) && !decided.Contains(id))]);
    }

    /// <summary>Ids that tests or decisions name but the inventory does not have: a slip of the pen that would hide a gap.</summary>
    public static IEnumerable<string> Unknown(
        IReadOnlyList<Requirement> inventory, IEnumerable<TestMethod> tests, IEnumerable<Decision> decisions)
    {
        var known = inventory.Select(item => item.Id).ToHashSet(StringComparer.Ordinal);
        var inTests = from test in tests
                      from id in test.Spec
                      where !known.Contains(id)
                      select $"{test.Class}.{test.Name} names {id}, which is not in the inventory.";
        var inDecisions = from decision in decisions
                          where !known.Contains(decision.Id)
                          select $"{Decisions.File} names {decision.Id}, which is not in the inventory.";
        return inTests.Concat(inDecisions);
    }

    public string ToJson() => JsonSerializer.Serialize(
        new { All.Total, All.Tested, All.Decided, All.Open, BySystem, OpenIds }, Camel);

    public string ToTable()
    {
        var text = new StringBuilder("system    total   tested  decided     open\n");
        foreach (var (system, figures) in BySystem.Append(new("all", All)))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{system,-6} {figures.Total,8} {figures.Tested,8} {figures.Decided,8} {figures.Open,8}\n");
        }

        foreach (var system in OpenIds.GroupBy(id => id[..1], StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\nopen in {system.Key}: {string.Join(", ", Ranges([.. system]))}\n");
        }

        return text.ToString().TrimEnd();
    }

    private static Figures Count(IReadOnlyList<Requirement> items, HashSet<string> tested, HashSet<string> decided)
    {
        var withTest = items.Count(item => tested.Contains(item.Id));
        var withDecision = items.Count(item => decided.Contains(item.Id));
        return new Figures(items.Count, withTest, withDecision, items.Count - withTest - withDecision);
    }

    /// <summary>Neighbouring ids as one range, so that a long list stays readable.</summary>
    private static IEnumerable<string> Ranges(IReadOnlyList<string> ids)
    {
        for (var (start, end) = (0, 0); start < ids.Count; start = end = end + 1)
        {
            while (end + 1 < ids.Count && Number(ids[end + 1]) == Number(ids[end]) + 1)
            {
                end++;
            }

            yield return end == start ? ids[start] : $"{ids[start]}…{ids[end][2..]}";
        }
    }

    private static int Number(string id) => int.Parse(id.AsSpan(2), CultureInfo.InvariantCulture);
}
