using System.Collections.Concurrent;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Alur.Platform.Web.Idempotency;
using Alur.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Alur.Platform.Tests.Web;

/// <summary>A server with two addresses that count what they do: /test/loose answers after it, /test/exact keeps its answer in the transaction of its change.</summary>
public sealed class CountedWork : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, int> _done = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);

    public AlurApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await AlurApp.Start(map: app =>
    {
        app.MapPost("/test/loose", Loose).TakeIdempotencyKeys();
        app.MapPost("/test/exact", Exact).TakeIdempotencyKeysExactly();
    });

    public ValueTask DisposeAsync() => App.DisposeAsync();

    internal int Of(string what) => _done.GetValueOrDefault(what);

    /// <summary>Lets the work for <paramref name="what"/> wait.</summary>
    internal Held Hold(string what) => _held[what] = new Held();

    private async Task<Answer<Done>> Loose(Work work, CancellationToken ct)
    {
        if (work.What == "refuse") return new Conflict("TEST_CODE", "No.");
        if (_held.TryGetValue(work.What, out var held)) await held.Wait(ct);
        var done = new Done(_done.AddOrUpdate(work.What, 1, (_, n) => n + 1));
        return work.What.StartsWith("break", StringComparison.Ordinal) ? throw new InvalidOperationException("broken") : done;
    }

    private async Task<Answer<Done>> Exact(Work work, HttpContext http, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var done = new Done(_done.AddOrUpdate(work.What, 1, (_, n) => n + 1));
        await http.KeepAnswer(tx, done, ct);
        if (work.What.StartsWith("break", StringComparison.Ordinal)) throw new InvalidOperationException("broken before its commit");
        await tx.CommitAsync(ct);
        return done;
    }

    public sealed record Work(string What);

    public sealed record Done([property: System.Text.Json.Serialization.JsonPropertyName("done")] int Count);

    /// <summary>Work that waits until it is released.</summary>
    internal sealed class Held
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => _entered.Task;

        public void Release() => _released.SetResult();

        public Task Wait(CancellationToken ct)
        {
            _entered.TrySetResult();
            return _released.Task.WaitAsync(ct);
        }
    }
}
