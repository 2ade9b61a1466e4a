using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Alur.Host.Startup;

/// <summary>Turns the framework's wording of data annotations into ours, which begins with the full key.</summary>
internal static partial class OptionsMistakes
{
    /// <summary>One message per mistake.</summary>
    public static IEnumerable<string> Of(OptionsValidationException refused)
    {
        var section = refused.OptionsType.Name.Replace("Options", "", StringComparison.Ordinal);
        foreach (var failure in refused.Failures)
        {
            var annotated = Annotation().Match(failure);
            var text = annotated.Groups["text"].Value;
            yield return !annotated.Success ? failure
                : text.StartsWith(section + ":", StringComparison.Ordinal) ? text
                : $"{section}:{annotated.Groups["member"].Value}: {text}";
        }
    }

    [GeneratedRegex("^DataAnnotation validation failed for '[^']*' members: '(?<member>[^']*)' with the error: '(?<text>.*)'\\.$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Annotation();
}
