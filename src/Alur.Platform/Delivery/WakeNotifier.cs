using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>
/// Carries hints between nodes, each on its line: at most one NOTIFY per name per window, in a transaction of its own, because a NOTIFY inside writing transactions
/// would serialise their commits. Whatever gets lost here costs at most one polling interval.
/// </summary>
internal sealed partial class WakeNotifier(NpgsqlDataSource db, DeliveryOptions options, IEnumerable<HintLine> lines, ILogger<WakeNotifier> logger) : BackgroundService
{
    private const string Notify = "select pg_notify('alur_hints', $2 || ' ' || h.hint) from unnest($1) as h(hint)";
    private const string Listen = "listen alur_hints";
    private const string StillThere = "select 1";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private int _told;
    private readonly HintLine[] _lines = [.. lines];
    private readonly string _node = Guid.NewGuid().ToString("N");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Repeat(TellOthers, stoppingToken),
        Repeat(HearOthers, stoppingToken));

    private async Task TellOthers(CancellationToken ct)
    {
        await Task.WhenAny(_lines.Select(line => line.Hints.OutboundHint())).WaitAsync(ct);
        await Task.Delay(options.NotifyWindow, ct);
        await using var command = db.CreateCommand(Notify);
        command.Parameters.Add(new NpgsqlParameter { Value = _lines.SelectMany(line => line.Hints.TakeOutbound().Select(name => $"{line.Name} {name}")).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = _node });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task HearOthers(CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        connection.Notification += (_, heard) => Hear(heard.Payload);
        await using (var listen = new NpgsqlCommand(Listen, connection)) await listen.ExecuteNonQueryAsync(ct);
        while (true)
        {
            if (await connection.WaitAsync(TimeSpan.FromMinutes(1), ct)) continue;
            await using var probe = new NpgsqlCommand(StillThere, connection);
            await probe.ExecuteScalarAsync(ct);
        }
    }

    private void Hear(string payload)
    {
        if (payload.Split(' ', 3) is [var node, var line, var name] && node != _node) Array.Find(_lines, l => l.Name == line)?.Hints.WakeLocal(name);
    }

    /// <summary>Silent while the database is away: the worker reports that. Anything else is told once.</summary>
    private async Task Repeat(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await work(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception ex)
            {
                var isKnown = ex is NpgsqlException or TimeoutException or IOException or OperationCanceledException;
                if (!isKnown && Interlocked.Exchange(ref _told, 1) == 0) LogFailed(ex);
                await Task.WhenAny(Task.Delay(Retry, ct));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Hints between nodes do not get through; deliveries and messages still go out within their intervals. This line appears once.")]
    private partial void LogFailed(Exception ex);
}
