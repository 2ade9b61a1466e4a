using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Identity;

/// <summary>A caller as the edge knows it: claims while a request lasts, an <see cref="Identity.Actor"/> for what stays.</summary>
public static class Callers
{
    private const string KindClaim = "alur:kind";
    private const string GrantClaim = "alur:grant";

    /// <summary>Who calls. Open endpoints have callers nobody knows: their actor is a user without an id.</summary>
    public static Actor Actor(this HttpContext context) => context.User.Actor();

    /// <summary>Who calls.</summary>
    public static Actor Actor(this ClaimsPrincipal caller) => new(
        caller.FindFirstValue(ClaimTypes.NameIdentifier),
        Enum.TryParse<ActorKind>(caller.FindFirstValue(KindClaim), out var kind) ? kind : ActorKind.User);

    /// <summary>The principal of somebody whom a scheme has recognised.</summary>
    internal static ClaimsPrincipal Principal(string scheme, Actor actor, string name, string? role, IEnumerable<string> grants)
    {
        List<Claim> claims = [new(KindClaim, actor.Kind.ToString()), new(ClaimTypes.NameIdentifier, actor.Id ?? ""), new(ClaimTypes.Name, name)];
        claims.AddRange(role is null ? [] : [new Claim(ClaimTypes.Role, role)]);
        claims.AddRange(grants.Select(grant => new Claim(GrantClaim, grant)));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }

    /// <summary>Whether the caller was given this grant itself; admins hold all of them without that.</summary>
    internal static bool HasGrant(this ClaimsPrincipal caller, string grant) => caller.HasClaim(GrantClaim, grant);
}
