using System.Text.Encodings.Web;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Alur.Platform.Identity;

/// <summary>Chooses by what a request carries: an access token, an API key, or the cookie of a session.</summary>
internal static class CallerSchemes
{
    private const string Any = "Caller";
    private const string BearerPrefix = "Bearer ";

    public static IServiceCollection AddCallerSchemes(this IServiceCollection services)
    {
        services.AddAuthentication(Any)
            .AddPolicyScheme(Any, displayName: null, options => options.ForwardDefaultSelector = Choose)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, CookieAuthentication>(CookieAuthentication.SchemeName, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, configureOptions: null);

        // The framework's two lines for every refusal.
        return services.AddLogging(log => log.AddFilter(typeof(TokenAuthentication).FullName, LogLevel.Warning)
            .AddFilter(typeof(CookieAuthentication).FullName, LogLevel.Warning).AddFilter(typeof(ApiKeyAuthentication).FullName, LogLevel.Warning));
    }

    /// <summary>The token, or null: none was sent.</summary>
    public static string? Token(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) && header.Contains('.', StringComparison.Ordinal) ? header[BearerPrefix.Length..].Trim() : null;
    }

    private static string Choose(HttpContext http) =>
        Token(http.Request) is not null ? TokenAuthentication.SchemeName
        : http.Request.Headers.ContainsKey(HeaderNames.Authorization) || http.Request.Headers.ContainsKey(ApiKeyAuthentication.HeaderName) ? ApiKeyAuthentication.SchemeName
        : http.Request.Cookies.ContainsKey(SessionCookie.Name) ? CookieAuthentication.SchemeName
        : ApiKeyAuthentication.SchemeName;
}

/// <summary>What both ways of being signed in have in common.</summary>
internal abstract class SignedInAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected abstract Error Refusal { get; }

    /// <summary>Who it is; null: nobody, or not any more.</summary>
    protected abstract Task<SignedInUser?> Find(CancellationToken ct);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Open endpoints must answer while the database is down, whatever a caller sends along.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return AuthenticateResult.NoResult();
        }

        return await Find(Context.RequestAborted) is { } user
            ? AuthenticateResult.Success(new AuthenticationTicket(Callers.Principal(Scheme.Name, user), Scheme.Name))
            : AuthenticateResult.Fail("not, or no longer, signed in");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (PagesForPeople.IsPage(Context) && Refusal is not CrossSite)
        {
            return PagesForPeople.SignIn(Context);
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.From(Refusal).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problem.From(new NotAllowed()).ExecuteAsync(Context);
}

/// <summary>Knows programs by <c>Authorization: Bearer</c> with an access token whose session has not ended.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessTokens tokens, Sessions sessions)
    : SignedInAuthentication(options, loggers, encoder)
{
    public const string SchemeName = "Token";

    protected override Error Refusal => new TokenRefused();

    protected override async Task<SignedInUser?> Find(CancellationToken ct) =>
        CallerSchemes.Token(Request) is { } token && await tokens.Verify(token, ct) is { } claims && await sessions.FindById(claims.SessionId, ct) is { } user && user.UserId == claims.UserId
            ? user
            : null;
}

/// <summary>Knows people by the cookie of their session; a change must come from a page of ours.</summary>
internal sealed class CookieAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, Sessions sessions)
    : SignedInAuthentication(options, loggers, encoder)
{
    public const string SchemeName = "Cookie";

    protected override Error Refusal => SessionCookie.IsFromHere(Request) ? new SessionRequired() : new CrossSite();

    protected override async Task<SignedInUser?> Find(CancellationToken ct) =>
        SessionCookie.IsFromHere(Request) && Request.Cookies[SessionCookie.Name] is { Length: > 0 } secret ? await sessions.FindByCookie(secret, ct) : null;
}
