using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Alur.Platform.Data;

/// <summary>One SQL pair of a module.</summary>
/// <param name="Module">Module name in lower case, such as <c>platform</c>.</param>
/// <param name="Number">From 1, without gaps within a module.</param>
/// <param name="Name">What it does, from the file name.</param>
internal sealed partial record Migration(string Module, int Number, string Name, string Up, string Down)
{
    /// <summary>First line of a migration that must not run inside a transaction (<c>create index concurrently</c>).</summary>
    public const string NoTransactionMarker = "-- alur: no transaction";

    /// <summary>How people and <c>--to</c> name it: <c>antrean/0001_antrean</c>.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Module}/{Number:0000}_{Name}");

    /// <summary>Of the up script; an applied migration must never change.</summary>
    public string Checksum => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Up)));

    /// <summary>All migrations in the order of application: Platform first, then modules by name.</summary>
    public static IReadOnlyList<Migration> ReadAll(IEnumerable<ModuleMigrations> modules) =>
        [.. modules.OrderBy(m => !m.Module.Equals("platform", StringComparison.OrdinalIgnoreCase))
            .ThenBy(m => m.Module, StringComparer.OrdinalIgnoreCase).SelectMany(Read)];

    /// <summary>Statements of a non-transactional script: each ends with a semicolon at the end of a line.</summary>
    public static IEnumerable<string> Statements(string script) =>
        EndOfStatement().Split(script).Select(s => s.Trim()).Where(s => s.Length > 0 && !OnlyComments().IsMatch(s));

    /// <summary>Whether a script runs statement by statement.</summary>
    public static bool RunsOutsideTransaction(string script) => script.StartsWith(NoTransactionMarker, StringComparison.Ordinal);

    private static IEnumerable<Migration> Read(ModuleMigrations module)
    {
        var scripts = module.Assembly.GetManifestResourceNames()
            .Select(resource => (resource, file: FileName().Match(resource)))
            .Where(s => s.file.Success)
            .ToLookup(s => (Number: int.Parse(s.file.Groups["number"].ValueSpan, CultureInfo.InvariantCulture), Name: s.file.Groups["name"].Value));
        var expected = 1;
        foreach (var pair in scripts.OrderBy(p => p.Key.Number))
        {
            var byDirection = pair.ToDictionary(s => s.file.Groups["direction"].Value, s => Text(module, s.resource));
            if (pair.Key.Number != expected++ || byDirection.Count != 2)
            {
                throw new InvalidOperationException($"Module {module.Module}: migration {pair.Key.Number:0000}_{pair.Key.Name} has no pair, or a number is missing or taken twice.");
            }

            yield return new Migration(module.Module.ToLowerInvariant(), pair.Key.Number, pair.Key.Name, byDirection["up"], byDirection["down"]);
        }
    }

    private static string Text(ModuleMigrations module, string resource)
    {
        using var reader = new StreamReader(module.Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"\.Migrations\.(?<number>\d{4})_(?<name>[a-z0-9_]+)\.(?<direction>up|down)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@";[ \t]*(?:\n|$)", RegexOptions.None, 1000)]
    private static partial Regex EndOfStatement();

    [GeneratedRegex(@"\A(?:\s*--[^\n]*(?:\n|\z))*\s*\z", RegexOptions.None, 1000)]
    private static partial Regex OnlyComments();
}
