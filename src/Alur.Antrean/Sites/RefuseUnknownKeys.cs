using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Sites;

/// <summary>A misspelt key would be ignored without a word, and a hospital would run with a default it did not mean. So it is a mistake.</summary>
internal sealed class RefuseUnknownKeys(IConfigurationSection section) : IValidateOptions<AntreanOptions>
{
    public ValidateOptionsResult Validate(string? name, AntreanOptions options)
    {
        var unknown = Unknown(section, typeof(AntreanOptions))
            .Concat(section.GetSection(nameof(AntreanOptions.Sites)).GetChildren().SelectMany(OfSite))
            .Select(key => $"{key} is not a known key")
            .ToList();
        return unknown.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(unknown);
    }

    private static IEnumerable<string> OfSite(IConfigurationSection site) =>
        Unknown(site, typeof(SiteOptions))
            .Concat(Unknown(site.GetSection(nameof(SiteOptions.Khanza)), typeof(KhanzaOptions)))
            .Concat(Unknown(site.GetSection(nameof(SiteOptions.Bpjs)), typeof(BpjsOptions)));

    private static IEnumerable<string> Unknown(IConfigurationSection section, Type options) =>
        section.GetChildren()
            .Where(child => !options.GetProperties().Select(p => p.Name).Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => child.Path);
}
