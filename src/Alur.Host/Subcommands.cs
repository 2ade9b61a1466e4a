using System.CommandLine;

namespace Alur.Host;

/// <summary>A verb that does nothing by itself says which verbs it has.</summary>
internal static class Subcommands
{
    /// <summary>Whether this is only a name for the verbs below it.</summary>
    public static bool AreNeededBy(Command command) => command is { Action: null, Subcommands.Count: > 0 };

    // The parser says so, without naming anything, also when a verb was typed that it does not know.
    private const string NoVerb = "Required command was not provided.";

    /// <summary>The parser's mistakes in words; that a verb is missing is left to <see cref="Tell"/>.</summary>
    public static IEnumerable<string> OtherMistakes(ParseResult parsed) =>
        from mistake in parsed.Errors
        where mistake.Message != NoVerb
        where parsed.UnmatchedTokens.Count > 0 || mistake.SymbolResult != parsed.CommandResult || !AreNeededBy(parsed.CommandResult.Command)
        select TypedValues.InWords(mistake.Message);

    /// <summary>One line for each verb.</summary>
    /// <param name="command">The verb that needs one of them.</param>
    /// <param name="path">How it is called, such as <c>./alur migrate</c>.</param>
    /// <param name="console">Where they are listed.</param>
    public static void Tell(Command command, string path, TextWriter console)
    {
        var verbs = command.Subcommands.Where(verb => !verb.Hidden).ToList();
        var width = verbs.Max(verb => verb.Name.Length);
        console.WriteLine($"{path} is one of:");
        foreach (var verb in verbs)
            console.WriteLine($"  {path} {verb.Name.PadRight(width)}  {verb.Description}");
        console.WriteLine($"Each explains itself: {path} {verbs[0].Name} --help");
    }
}
