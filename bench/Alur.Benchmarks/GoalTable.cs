using Spectre.Console;

namespace Alur.Benchmarks;

/// <summary>The table of what was measured beside what was to be reached.</summary>
internal static class GoalTable
{
    public static Table New() => new Table().AddColumns("figure", "measured", "goal", "");

    /// <summary>A figure with its goal; <paramref name="reached"/> null: it has none.</summary>
    public static void Row(this Table table, string figure, string measured, string goal = "", bool? reached = null) =>
        table.AddRow(figure, measured, goal, reached is { } verdict ? Verdict(verdict) : "");

    /// <summary>As markup.</summary>
    public static string Verdict(bool reached) => reached ? "[green]reached[/]" : "[red]missed[/]";
}
