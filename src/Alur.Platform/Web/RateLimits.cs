using System.Globalization;
using System.Threading.RateLimiting;
using Alur.Platform.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Web;

/// <summary>Names for <c>RequireRateLimiting</c>. Counted per caller and address, on each node by itself; callers nobody knows count by where they come from.</summary>
public static class RateLimits
{
    /// <summary>A hundred requests in any minute, reckoned in steps of five seconds.</summary>
    public const string HundredPerMinute = "hundred-per-minute";

    private const int Permits = 100;
    private const int StepSeconds = 5;

    internal static IServiceCollection AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(limits =>
    {
        limits.AddPolicy(HundredPerMinute, context => RateLimitPartition.GetSlidingWindowLimiter(Key(context), _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = Permits,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = 60 / StepSeconds,
        }));
        limits.OnRejected = Refuse;
    });

    private static (string Caller, string Address) Key(HttpContext context)
    {
        var caller = context.User.Identity?.IsAuthenticated == true ? context.Actor().Label : $"address:{context.Connection.RemoteIpAddress}";
        return (caller, (context.GetEndpoint() as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText ?? "");
    }

    private static async ValueTask Refuse(OnRejectedContext refused, CancellationToken ct)
    {
        refused.HttpContext.Response.Headers.RetryAfter = StepSeconds.ToString(CultureInfo.InvariantCulture);
        await new Problem(
            StatusCodes.Status429TooManyRequests,
            "TOO_MANY_REQUESTS",
            $"This address takes {Permits} requests a minute from each caller. Retry-After says when to try again.").ExecuteAsync(refused.HttpContext);
    }
}
