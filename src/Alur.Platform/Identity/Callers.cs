using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Identity;

/// <summary>A caller as the edge knows it: claims while a request lasts, an <see cref="Identity.Actor"/> for what stays.</summary>
public static class Callers
{
    private const string KindClaim = "alur:kind";
    private const string GrantClaim = "alur:grant";
    private const string SessionClaim = "alur:session";

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

    /// <summary>The principal of somebody who is signed in.</summary>
    internal static ClaimsPrincipal Principal(string scheme, SignedInUser user)
    {
        var principal = Principal(scheme, new Actor(user.UserId.ToString(), ActorKind.User), user.Name, user.Role, user.Grants);
        ((ClaimsIdentity)principal.Identity!).AddClaims([new Claim(SessionClaim, user.SessionId.ToString()), new Claim(ClaimTypes.Email, user.Email)]);
        return principal;
    }

    /// <summary>What the caller is signed in by; null: an API key.</summary>
    internal static Guid? SessionId(this ClaimsPrincipal caller) => Guid.TryParse(caller.FindFirstValue(SessionClaim), out var id) ? id : null;

    /// <summary>What the caller was given itself.</summary>
    internal static string[] Grants(this ClaimsPrincipal caller) => [.. caller.FindAll(GrantClaim).Select(claim => claim.Value)];

    /// <summary>Whether the caller was given this grant, or, as an API key, every one; admins hold all of them without that.</summary>
    internal static bool HasGrant(this ClaimsPrincipal caller, string grant) => caller.HasClaim(GrantClaim, grant) || caller.HasClaim(GrantClaim, Web.ApiKeys.EveryGrant);
}
