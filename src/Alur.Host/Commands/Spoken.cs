using System.CommandLine;
using System.Globalization;
using Alur.Platform.Doctor;

namespace Alur.Host.Commands;

/// <summary><c>--language</c> of the verbs whose result is read by a hospital's own people.</summary>
internal static class Spoken
{
    public static Option<Language> Option { get; } = new("--language")
    {
        Description = "Language of the result: id (Bahasa Indonesia) or en",
        HelpName = "id|en",
        DefaultValueFactory = _ => Language.Id,
    };

    /// <summary>How figures are written in it.</summary>
    public static CultureInfo Numbers(Language language)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        if (language == Language.Id)
            (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        return culture;
    }

    /// <summary>The language asked for.</summary>
    public static Language In(ParseResult parsed) => parsed.GetValue(Option);
}
