using System.CommandLine;
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

    /// <summary>The language asked for.</summary>
    public static Language In(ParseResult parsed) => parsed.GetValue(Option);
}
