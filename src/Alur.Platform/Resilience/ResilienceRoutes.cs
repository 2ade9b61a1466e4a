using Alur.Platform.Web;
using Alur.Platform.Web.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Alur.Platform.Resilience;

/// <summary>Maps what administrators see of the breakers and do about them.</summary>
public static class ResilienceRoutes
{
    /// <summary>Under a prefix that only administrators may call.</summary>
    public static IEndpointRouteBuilder MapResilience(this IEndpointRouteBuilder admin)
    {
        var resilience = admin.MapGroup("/resilience").RequireRateLimiting(RateLimits.HundredPerMinute);
        resilience.MapGet("", ListBreakers.Handle);
        resilience.MapPost("", ResetBreakers.Handle).TakeIdempotencyKeys();
        return admin;
    }
}
