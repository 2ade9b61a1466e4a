using Alur.Platform.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Benchmarks.Delivery;

/// <summary>The engine as the server runs it, with the product's defaults; only the rate limit of the hospital's account is absent.</summary>
internal sealed class QueueRun : IAsyncDisposable
{
    private const int EnqueueBatch = 10_000;
    private readonly ServiceProvider _services;
    private readonly NpgsqlDataSource _source;

    public QueueRun(NpgsqlDataSource source, BenchChannel channel)
    {
        _source = source;
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(source)
            .AddDelivery()
            .AddSingleton<IDeliveryChannel>(channel)
            .BuildServiceProvider();
    }

    /// <summary>Queues everything, as the builder does: in transactions of many jobs.</summary>
    public async Task Enqueue(IEnumerable<NewDelivery> work, CancellationToken ct)
    {
        var queue = _services.GetRequiredService<DeliveryQueue>();
        foreach (var batch in work.Chunk(EnqueueBatch))
        {
            await using var connection = await _source.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await queue.Enqueue(transaction, BenchChannel.Name, batch, ct);
            await transaction.CommitAsync(ct);
        }
    }

    /// <summary>Sends what is due until nothing is left.</summary>
    public async Task Drain(int jobs, CancellationToken ct)
    {
        var pump = _services.GetRequiredService<DeliveryPump>();
        for (var delivered = 0; delivered < jobs;)
        {
            var round = await pump.RunOnce(ct);
            delivered += round.Delivered;
            if (round.Delivered == 0)
            {
                throw new InvalidOperationException($"The pump stopped with {jobs - delivered} of {jobs} jobs left.");
            }
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
