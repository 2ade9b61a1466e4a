using Alur.Platform.Data;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>
/// While nobody has an account, prints once the link that makes the first admin; there is no default password. It goes to the console and not to
/// the log, which is kept. Of several nodes that start at once, one prints it.
/// </summary>
internal sealed class FirstSetUpLink(NpgsqlDataSource database, IdentityOptions options, IServer server, TextWriter console) : IHostedLifecycleService
{
    private const string MakeSql = """
        insert into identity.setup_links as l (hash, expires_at)
        select @hash, now() + make_interval(hours => @hours)
        where not exists (select from identity.users)
        on conflict ((user_id is null)) where user_id is null do update
            set hash = excluded.hash, created_at = now(), expires_at = excluded.expires_at, used_at = null
            where l.expires_at <= now()
        """;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var secret = Secrets.New();
        try
        {
            if (await database.Statement(MakeSql, ("hash", Secrets.Hash(secret)), ("hours", options.LinkHours)).Run(cancellationToken) == 1)
                await Show(secret, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The server runs by now and has answers of others in its hands: a link that can be made later is no reason to end it.
            await console.WriteLineAsync("The database went away just now, so no set-up link could be made or shown. Make an account with: ./alur user add EMAIL --role admin");
        }
    }

    private async Task Show(string secret, CancellationToken ct)
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1";
        await console.WriteLineAsync($"""
            Nobody has an account yet. Open this to make the first one, an admin; it works once and for {options.LinkHours} hours: {address}{SetUpLink.Prefix}{secret}
            Lost it? ./alur user add EMAIL --role admin
            """);
        await console.FlushAsync(ct);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
