using System.Security.Claims;
using Alur.Platform.Identity;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Audit;

/// <summary>Who did it, and from where.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Role">The actor's role at that moment; null where there are none.</param>
/// <param name="IpAddress">Where the call comes from: the other end of the connection, or whom a proxy in <c>Web:Proxies</c> names.</param>
/// <param name="UserAgent">What the caller's program calls itself; cut at 300 characters.</param>
public sealed record AuditOrigin(Actor Actor, string? Role = null, string? IpAddress = null, string? UserAgent = null)
{
    /// <summary>This server, or a command beside it.</summary>
    public static AuditOrigin System { get; } = new(Actor.System);
}

/// <summary>Takes the origin from a request.</summary>
public static class AuditOrigins
{
    private const int LongestUserAgent = 300;

    /// <summary>The caller of this request.</summary>
    public static AuditOrigin AuditOrigin(this HttpContext context) => context.AuditOrigin(context.User);

    /// <summary>The same request by somebody whom it has only just made known, as a sign-in does.</summary>
    public static AuditOrigin AuditOrigin(this HttpContext context, ClaimsPrincipal caller)
    {
        var agent = Delivery.StorableText.Plain(context.Request.Headers.UserAgent.ToString());
        return new AuditOrigin(
            caller.Actor(),
            caller.FindFirstValue(ClaimTypes.Role),
            context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : context.Connection.RemoteIpAddress?.ToString(),
            string.IsNullOrEmpty(agent) ? null : Delivery.StorableText.Plain(agent[..Math.Min(agent.Length, LongestUserAgent)]));
    }
}
