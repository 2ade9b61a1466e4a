using Alur.Platform.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Sites;

/// <summary>A misspelt key would be ignored without a word, and a hospital would run with a default it did not mean. So it is a mistake.</summary>
internal sealed class RefuseUnknownKeys(IConfigurationSection section) : IValidateOptions<AntreanOptions>
{
    public ValidateOptionsResult Validate(string? name, AntreanOptions options)
    {
        var mistakes = SettingMistakes.In(section, typeof(AntreanOptions)).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}
