using System.Threading.RateLimiting;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Web;

/// <summary>
/// Names for <c>RequireRateLimiting</c>. Every address but those that say <c>DisableRateLimiting</c> counts against <see cref="WebOptions.RequestsPerMinute"/>
/// besides. Counted on each node by itself; callers nobody knows count by where they come from.
/// </summary>
public static class RateLimits
{
    /// <summary>A hundred requests in any minute, by caller and address.</summary>
    public const string HundredPerMinute = "hundred-per-minute";

    /// <summary>Wherever a password, code, token or link is tried: <see cref="IdentityOptions.TriesPerAddress"/> by where it comes from, whoever it is.</summary>
    public const string Tries = "tries";

    /// <summary>Requests of one caller that are served at once; more wait their turn. One caller must not take every connection to the database.</summary>
    internal const int PlacesOfACaller = 24;

    private const int MostWaiting = 500;
    private const int Hundred = 100;
    private const int StepSeconds = 5;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    internal static IServiceCollection AddRateLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(limits => limits.OnRejected = Refuse);
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<WebOptions>, IdentityOptions>((limits, web, identity) =>
        {
            limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PartitionedRateLimiter.Create<HttpContext, string>(AtOnce), // first: who waits for a place has not been counted yet
                PartitionedRateLimiter.Create<HttpContext, string>(context => Everything(context, web.Value.RequestsPerMinute)));
            limits.AddPolicy(HundredPerMinute, context => PerMinute((Caller(context), Address(context)), Hundred));
            limits.AddPolicy(Tries, context => PerMinute(context.Origin(), identity.TriesPerAddress));
        });
        return services;
    }

    /// <summary>The refusal. What is tried again before the next step is refused again; after it, as much is free again as went by a minute ago.</summary>
    internal static TooMany Refusal { get; } = new TooManyRequests(StepSeconds);

    /// <summary>So many in any minute, reckoned in steps of five seconds.</summary>
    internal static RateLimitPartition<TKey> PerMinute<TKey>(TKey key, int permits) => RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
    {
        PermitLimit = permits,
        Window = Minute,
        SegmentsPerWindow = (int)Minute.TotalSeconds / StepSeconds,
    });

    // Strangers often share an address; who sent us bodies slowly would keep the others of a whole hospital from signing in.
    private static RateLimitPartition<string> AtOnce(HttpContext context) => context.User.Identity?.IsAuthenticated != true
        ? RateLimitPartition.GetNoLimiter("")
        : RateLimitPartition.GetConcurrencyLimiter(Caller(context), _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = PlacesOfACaller,
            QueueLimit = MostWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });

    private static RateLimitPartition<string> Everything(HttpContext context, int permits) =>
        context.GetEndpoint()?.Metadata.GetMetadata<OwnAllowance>() is { } own ? PerMinute($"{own.Name}:{Caller(context)}", permits * own.Times) : PerMinute(Caller(context), permits);

    private static string Caller(HttpContext context) =>
        context.User.Identity?.IsAuthenticated == true ? context.Actor().Label : $"address:{context.Origin()}";

    private static string Address(HttpContext context) => (context.GetEndpoint() as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText ?? "";

    private static ValueTask Refuse(OnRejectedContext refused, CancellationToken ct) => new(Problem.From(Refusal).ExecuteAsync(refused.HttpContext));
}

/// <summary>
/// An address that is counted by itself: whoever has an account is a stranger there too, and when all tabs of a house come back at once, people of the house must still be
/// able to sign in.
/// </summary>
/// <param name="Name">Of what is counted.</param>
/// <param name="Times">It may be so many times <see cref="WebOptions.RequestsPerMinute"/>.</param>
internal sealed record OwnAllowance(string Name, int Times);

internal sealed record TooManyRequests(int Seconds) : TooMany(
    "TOO_MANY_REQUESTS", "That was too much within a minute, of you or of the machine that you call from. Retry-After says when to try again.", Seconds);
