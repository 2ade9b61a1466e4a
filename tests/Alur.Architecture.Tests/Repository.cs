using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Alur.Architecture.Tests;

/// <summary>The checkout these tests were built from, as files.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../.."));

    /// <summary>Source files under the given top folders, as (path from the root, text); build output is not source.</summary>
    public static IEnumerable<(string Path, string Text)> Sources(string pattern, params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file)
        where !path.Split('/').Any(part => part is "obj" or "bin" or "node_modules")
        orderby path
        select (path, File.ReadAllText(file));

    /// <summary>Every match of a forbidden pattern, as "path:line: text", so that a failure says where.</summary>
    public static IReadOnlyList<string> Matches(this IEnumerable<(string Path, string Text)> files, Regex forbidden) =>
        [.. from file in files
            from Match match in forbidden.Matches(file.Text)
            select $"{file.Path}:{file.Text.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value.Trim()}"];

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
