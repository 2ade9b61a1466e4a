using System.Collections.Concurrent;
using Alur.Antrean.Sites;
using Alur.Platform.Results;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Bpjs;

/// <summary>One client, and so one connection pool, per site; made when first needed.</summary>
internal sealed class BpjsClients(IOptions<AntreanOptions> options) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<BpjsClient>> _clients = new(StringComparer.Ordinal);

    /// <summary>The client of a site, or <c>BPJS_NOT_CONFIGURED</c> with the keys that are missing.</summary>
    public Result<BpjsClient> For(string siteCode)
    {
        if (!options.Value.Sites.TryGetValue(siteCode, out var site))
        {
            return new NotFound("BPJS_NOT_CONFIGURED", $"There is no site '{siteCode}' in the configuration.", $"Antrean:Sites:{siteCode}");
        }

        var missing = site.Bpjs.Missing();
        return missing.Count > 0
            ? new Unavailable("BPJS_NOT_CONFIGURED", $"BPJS is not configured for site '{siteCode}': {string.Join(", ", missing)} missing.", $"Antrean:Sites:{siteCode}:Bpjs:{missing[0]}")
            : _clients.GetOrAdd(siteCode, _ => new Lazy<BpjsClient>(() => new BpjsClient(site.Bpjs))).Value;
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values.Where(c => c.IsValueCreated))
        {
            client.Value.Dispose();
        }
    }
}
