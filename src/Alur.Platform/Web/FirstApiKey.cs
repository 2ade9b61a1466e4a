using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Alur.Platform.Web;

/// <summary>
/// Makes the first API key when there never was one and prints it, once, with a line to try it with. It goes to the console
/// and not to the log, which is kept.
/// </summary>
internal sealed class FirstApiKey(ApiKeys keys, IServer server, TextWriter console) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await keys.CreateFirst(cancellationToken) is { } key)
                await Show(key, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The server runs by now and has answers of others in its hands: a key that can be made later is no reason to end it.
            await console.WriteLineAsync("The database went away just now, so no API key could be made or shown. Make one with: ./alur api-key new NAME");
        }
    }

    private async Task Show(string key, CancellationToken ct)
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1";
        await console.WriteLineAsync($"""
            API key, shown this once (only its SHA-256 is kept): {key}
            Try it: curl -H 'X-Api-Key: {key}' '{address}/api/antrean/visits?limit=1'
            An empty "data" means that no visit has been read yet; '{address}/api/antrean/sites' says when one was last looked for, or why none is.
            More keys: ./alur api-key new NAME | list | revoke NAME
            """);
        await console.FlushAsync(ct);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
