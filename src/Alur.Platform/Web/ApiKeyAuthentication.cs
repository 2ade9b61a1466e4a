using System.Text.Encodings.Web;
using Alur.Platform.Identity;
using Alur.Platform.Pages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Alur.Platform.Web;

/// <summary>Knows callers by <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>. Revoking takes effect with the next request.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeys keys, RefusedKeys refused)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiKey";

    public const string HeaderName = "X-Api-Key";
    private const string BearerPrefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Open endpoints must answer while the database is down, whatever headers a caller sends along.
        var isOpen = Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        if (isOpen || KeyFrom(Request.Headers) is not { Length: > 0 } key)
        {
            return AuthenticateResult.NoResult();
        }

        if (await keys.Find(key, Context.RequestAborted) is not { } holder)
        {
            refused.Add(Context.Connection.RemoteIpAddress);
            return AuthenticateResult.Fail("unknown or revoked");
        }

        var caller = Callers.Principal(SchemeName, new Actor(holder.Name, ActorKind.ApiKey), holder.Name, role: null, holder.Scopes);
        return AuthenticateResult.Success(new AuthenticationTicket(caller, SchemeName));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (PagesForPeople.IsPage(Context))
        {
            await PagesForPeople.SignIn(Context);
            return;
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        var failed = (await HandleAuthenticateOnceSafeAsync()).Failure is not null;
        await Problem.From(failed ? new ApiKeyInvalid() : new ApiKeyRequired()).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var asked = Context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).ToList() ?? [];
        return Problem.From(NotAllowed.ToKey(asked.Contains(Policies.Client), asked.Contains(Policies.Admin))).ExecuteAsync(Context);
    }

    private static string? KeyFrom(IHeaderDictionary headers)
    {
        var bearer = headers[HeaderNames.Authorization].ToString();
        return bearer.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase)
            ? bearer[BearerPrefix.Length..].Trim()
            : headers[HeaderName].ToString();
    }
}
