using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Alur.Host;

/// <summary>What cannot be read as the day or number that an option takes is told in words, with the value that was given.</summary>
internal static partial class TypedValues
{
    private const string DayForm = "yyyy-MM-dd";

    /// <summary>A day, year first and nothing else: <c>01/02/2026</c> is not the same day everywhere.</summary>
    public static DateOnly? Day(ArgumentResult given)
    {
        if (given.Tokens is not [var token])
            return null;
        if (DateOnly.TryParseExact(token.Value, DayForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        given.AddError($"{Name(given)} must be a day such as 2026-01-20, but is '{token.Value}'.");
        return null;
    }

    /// <summary>The parser's sentence about an argument of another type in our words; any other as it is.</summary>
    public static string InWords(string message) => Unparsed().Match(message) is { Success: true } said
        ? $"{said.Groups["option"].Value} must be {Kind(said.Groups["type"].Value)}, but is '{said.Groups["given"].Value}'."
        : message;

    private static string Kind(string type) =>
        type.Contains("Double", StringComparison.Ordinal) ? "a number such as 2.5"
        : type.Contains("Int", StringComparison.Ordinal) ? "a whole number"
        : type.Contains("Boolean", StringComparison.Ordinal) ? "true or false"
        : "something else";

    private static string Name(ArgumentResult given) => given.Parent is OptionResult option ? option.Option.Name : given.Argument.Name;

    [GeneratedRegex("^Cannot parse argument '(?<given>.*)' for (option|command) '(?<option>[^']+)' as expected type '(?<type>.+)'", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Unparsed();
}
