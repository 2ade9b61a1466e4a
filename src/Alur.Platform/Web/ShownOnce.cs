using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Alur.Platform.Web;

/// <summary>
/// What a first start makes and shows, once, when the server listens. It goes to the console and not to the log, which is kept.
/// </summary>
internal abstract class ShownOnce(IServer server, TextWriter console) : IHostedLifecycleService
{
    /// <summary>What is said when the database went away just then, and how to make it later.</summary>
    protected abstract string Missed { get; }

    /// <summary>Makes it and gives what is shown; null: there was one already.</summary>
    /// <param name="address">Where the server listens.</param>
    /// <param name="ct">Gives up.</param>
    protected abstract Task<string?> Make(string address, CancellationToken ct);

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1";
            if (await Make(address, cancellationToken) is { } shown)
            {
                await console.WriteLineAsync(shown);
                await console.FlushAsync(CancellationToken.None); // it is shown
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The server runs by now and has answers of others in its hands: what can be made later is no reason to end it.
            await console.WriteLineAsync(Missed);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
