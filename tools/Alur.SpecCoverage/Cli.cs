namespace Alur.SpecCoverage;

/// <summary><c>spec-coverage [--json]</c>: exit 0 when every id that tests and decisions name exists, 1 when not, 2 for wrong usage.</summary>
internal static class Cli
{
    public static int Run(string[] args, string startDirectory, TextWriter output, TextWriter errors)
    {
        if (args.Any(arg => arg != "--json"))
        {
            errors.WriteLine("usage: spec-coverage [--json]");
            return 2;
        }

        var root = FindRoot(startDirectory);
        if (root is null)
        {
            errors.WriteLine($"No docs/spec/inventory.md in {startDirectory} or above it.");
            return 2;
        }

        var report = Report(root, out var mistakes);
        foreach (var mistake in mistakes)
        {
            errors.WriteLine(mistake);
        }

        output.WriteLine(args.Length > 0 ? report.ToJson() : report.ToTable());
        return mistakes.Count == 0 ? 0 : 1;
    }

    private static Coverage Report(string root, out IReadOnlyList<string> mistakes)
    {
        var inventory = Inventory.Parse(File.ReadLines(Path.Combine(root, Inventory.File)));
        var decisions = Decisions.Parse(File.ReadLines(Path.Combine(root, Decisions.File)));
        var tests = TestAssemblies.Find(root, out var unbuilt).SelectMany(TestMethods.Read).ToList();
        mistakes =
        [
            .. unbuilt.Select(project => $"{project} is not built; what it proves is not counted."),
            .. Coverage.Unknown(inventory, tests, decisions),
            .. Decisions.WithoutRecord(decisions, Path.Combine(root, "docs/adr")),
        ];
        return Coverage.Of(inventory, tests, decisions);
    }

    private static string? FindRoot(string directory)
    {
        for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, Inventory.File)))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
