using Microsoft.AspNetCore.Hosting.Server;

namespace Alur.Platform.Web;

/// <summary>Makes the first API key when there never was one and shows it, once, with a line to try it with.</summary>
internal sealed class FirstApiKey(ApiKeys keys, IServer server, TextWriter console) : ShownOnce(server, console)
{
    protected override string Missed => "The database went away just now, so no API key could be made or shown. Make one with: ./alur api-key new NAME";

    protected override async Task<string?> Make(string address, CancellationToken ct) => await keys.CreateFirst(ct) is not { } key ? null : $"""
        API key, shown this once (only its SHA-256 is kept): {key}
        Try it: curl -H 'X-Api-Key: {key}' '{address}/api/antrean/visits?limit=1'
        An empty "data" means that no visit has been read yet; '{address}/api/antrean/sites' says when one was last looked for, or why none is.
        More keys: ./alur api-key new NAME | list | revoke NAME
        """;
}
