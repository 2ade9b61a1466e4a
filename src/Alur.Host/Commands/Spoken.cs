using System.CommandLine;
using System.Globalization;
using Alur.Platform.Doctor;

namespace Alur.Host.Commands;

/// <summary><c>--language</c> of the verbs whose result is read by a hospital's own people.</summary>
internal static class Spoken
{
    private const string Indonesian = "id";
    private const string English = "en";

    public static Option<string> Option { get; } = Make();

    /// <summary>How figures are written in it.</summary>
    public static CultureInfo Numbers(Language language)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        if (language == Language.Id)
            (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        return culture;
    }

    /// <summary>The language asked for.</summary>
    public static Language In(ParseResult parsed) =>
        string.Equals(parsed.GetValue(Option), English, StringComparison.OrdinalIgnoreCase) ? Language.En : Language.Id;

    private static Option<string> Make()
    {
        var option = new Option<string>("--language")
        {
            Description = "Language of the result: id (Bahasa Indonesia) or en",
            HelpName = $"{Indonesian}|{English}",
            DefaultValueFactory = _ => Indonesian,
        };
        option.CompletionSources.Add(Indonesian, English);
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !new[] { Indonesian, English }.Contains(token.Value, StringComparer.OrdinalIgnoreCase))
                given.AddError($"{option.Name} must be {Indonesian} or {English}, but is '{token.Value}'.");
        });
        return option;
    }
}
