using System.Text.Json;
using Alur.Platform.Leases;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Platform.Web.Idempotency;

/// <summary>The address takes <c>Idempotency-Key</c>.</summary>
/// <param name="Exact">Its handler keeps the answer in the transaction of its change (<see cref="IdempotencySetup.KeepAnswer"/>).</param>
internal sealed record TakesIdempotencyKey(bool Exact);

/// <summary>The key of the request that is being served.</summary>
internal sealed class IdempotencyClaim(IdempotencyKey key)
{
    public IdempotencyKey Key => key;

    /// <summary>The answer is kept already.</summary>
    public bool IsAnswered { get; set; }
}

/// <summary><c>Idempotency-Key</c>: a request that is sent again, because its answer was lost, is done once and answered as the first time.</summary>
public static class IdempotencySetup
{
    /// <summary>Name of the header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Set to <c>true</c> on an answer that was given before.</summary>
    public const string Replayed = "Idempotency-Replayed";

    /// <summary>
    /// The addresses take the key. It is taken before the work begins and answered after it; a server that goes away between the two leaves a request of
    /// which nobody knows how it ended, and says so.
    /// </summary>
    public static TBuilder TakeIdempotencyKeys<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new TakesIdempotencyKey(Exact: false));

    /// <summary>The same where the handler keeps its answer in the transaction of its change, by <see cref="KeepAnswer"/>: then there is no such moment.</summary>
    public static TBuilder TakeIdempotencyKeysExactly<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new TakesIdempotencyKey(Exact: true));

    /// <summary>Keeps the answer 200 with this value in the transaction of the change, if the request carries a key; called last before the commit.</summary>
    public static async Task KeepAnswer<T>(this HttpContext http, NpgsqlTransaction tx, T value, CancellationToken ct)
    {
        if (http.Features.Get<IdempotencyClaim>() is { } claim)
        {
            var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            var body = JsonSerializer.SerializeToUtf8Bytes(new Envelope<T>(Success: true, value, new Meta(DateTimeOffset.UtcNow)), json);
            await IdempotencyKeys.Answer(tx, claim.Key, new KeptAnswer(StatusCodes.Status200OK, body), ct);
            claim.IsAnswered = true;
        }
    }

    internal static IServiceCollection AddIdempotency(this IServiceCollection services) => services.AddSingleton<IdempotencyKeys>()
        .AddPeriodicTask("web.idempotency", TimeSpan.FromHours(1), (provider, _, ct) => provider.GetRequiredService<IdempotencyKeys>().Forget(ct));
}

internal sealed record IdempotencyKeyInvalid() : Invalid(
    "IDEMPOTENCY_KEY_INVALID", "An Idempotency-Key has 16 to 200 visible characters, such as a random UUID, and is given once.", "idempotency-key");

internal sealed record IdempotencyKeyReused() : Unprocessable(
    "IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key stands for another request of yours. Take a new one for each request.", "idempotency-key");

internal sealed record RequestIsRunning() : Conflict(
    "REQUEST_IS_RUNNING", "The same request with this Idempotency-Key is being served at this moment. Ask again in a moment for its answer.");

internal sealed record OutcomeUnknown() : Conflict(
    "OUTCOME_UNKNOWN", "The same request with this Idempotency-Key was begun, and the server or its database went away before it was known how it ended. See whether it was done; if not, send it with a new key.");
