using System.Net;
using Alur.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Web;

/// <summary>What this node saw since it was last asked: who sends <c>X-Forwarded-For</c> without being named.</summary>
internal sealed class UnnamedProxies
{
    private IPAddress? _latest;

    public void Note(IPAddress? address) => Volatile.Write(ref _latest, address ?? IPAddress.None);

    /// <summary>The latest, and forgets it; null: nobody.</summary>
    public IPAddress? Take() => Interlocked.Exchange(ref _latest, null);
}

/// <summary>
/// Puts what this node saw where the doctor finds it, once a minute, so that no request waits for it. A node that starts takes its word back first: whoever
/// has just named the proxy is not warned any more.
/// </summary>
internal sealed partial class TellUnnamedProxies(UnnamedProxies seen, NpgsqlDataSource database, ILogger<TellUnnamedProxies> log) : BackgroundService
{
    private const string TellSql = """
        insert into platform.unnamed_proxies as p (node, address) values (@node, @address)
        on conflict (node) do update set address = excluded.address, seen_at = now()
        """;

    private const string ForgetSql = "delete from platform.unnamed_proxies where node = @node or seen_at < now() - interval '7 days'";

    private bool _isFresh = true;

    /// <summary>Once; what could not be told waits for the next time.</summary>
    internal async Task Tell(CancellationToken ct)
    {
        if (_isFresh)
        {
            await database.Statement(ForgetSql, ("node", Environment.MachineName)).Run(ct);
            _isFresh = false;
        }

        if (seen.Take() is not { } address)
        {
            return;
        }

        try
        {
            await database.Statement(TellSql, ("node", Environment.MachineName), ("address", ClientAddress.Text(address))).Run(ct);
        }
        catch
        {
            seen.Note(address);
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1));
        do
        {
            try
            {
                await Tell(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogUntold(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Which proxies are not named could not be kept; trying again in a minute. {Why}")]
    private partial void LogUntold(string why);
}
