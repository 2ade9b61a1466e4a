using Alur.Antrean.Sites;
using Microsoft.Extensions.Options;

namespace Alur.Host.Startup;

/// <summary>The hospitals that are configured.</summary>
internal static class KnownSites
{
    /// <summary>Refuses one that is not, with those that are.</summary>
    /// <exception cref="Refusal">It is not configured.</exception>
    public static void Check(IServiceProvider services, string site)
    {
        var sites = services.GetRequiredService<IOptions<AntreanOptions>>().Value.Sites.Keys;
        if (!sites.Contains(site, StringComparer.Ordinal))
            throw new Refusal(CommandLine.WrongUsage, "SITE_UNKNOWN", [$"There is no site '{site}'; configured are: {string.Join(", ", sites.Order(StringComparer.Ordinal))}."]);
    }
}
