using Alur.Platform.Leases;
using Alur.Platform.Pages;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Identity;

/// <summary>Accounts: who may come in, and what they may do.</summary>
public static class IdentitySetup
{
    /// <summary>Registers accounts; verbs use the same without serving. Needs the <c>NpgsqlDataSource</c> of the platform.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddOptions<IdentityOptions>().BindConfiguration(IdentityOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<IdentityOptions>>(new RequireBcrypt(Bcrypt.IsSupported));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<IdentityOptions>>().Value);
        services.AddSingleton<AddUser>().AddSingleton<ListUsers>().AddSingleton<ResetUser>().AddSingleton<DisableUser>().AddSingleton<EraseUser>().AddSingleton<ChangeUser>().AddSingleton<ApiKeys>();
        return services.AddSingleton<FirstAccount>().AddSingleton<UseSetUpLink>().AddSingleton<SignInGate>().AddSingleton<TriesByName>().AddSingleton<CountRefusal>().AddSingleton<SecondFactorKeys>().AddSingleton<KnownDevices>().AddSingleton<CheckPassword>().AddSingleton<SignIn>().AddSingleton<ChangePassword>().AddSingleton<BeginSecondFactor>().AddSingleton<Sessions>()
            .AddSingleton<RefreshSession>().AddSingleton<SigningKeys>().AddSingleton<AccessTokens>();
    }

    /// <summary>What a server does besides answering, and verbs do not: it prints the link that makes the first admin, encrypts second factors, tells refused sign-ins, and forgets old sessions.</summary>
    public static IServiceCollection AddIdentityUpkeep(this IServiceCollection services) => services
        .AddHostedService<FirstSetUpLink>()
        .AddHostedService<SealSecondFactors>()
        .AddPeriodicTask("identity.refusals", TimeSpan.FromMinutes(1), TellRefusals.RunOnce)
        .AddPeriodicTask("identity.sessions", TimeSpan.FromDays(1), ForgetSessions.RunOnce);

    /// <summary>Maps everything that has to do with coming in.</summary>
    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous();
        open.MapGet(SetUpLink.Prefix + "{link}", SetUpPage.Show).AsPage();
        open.MapGet("/.well-known/jwks.json", AuthRoutes.Keys).Produces<JwkSet>();

        var tries = open.MapGroup("").RequireRateLimiting(RateLimits.Tries);
        tries.MapPost(SetUpLink.Prefix + "{link}", SetUpPage.Submit).AsPage();
        tries.MapPost("/api/auth/login", AuthRoutes.LogIn);
        tries.MapPost("/api/auth/refresh", AuthRoutes.Refresh);

        var known = routes.MapGroup("/api/auth").RequireAuthorization(); // whoever it is
        known.MapGet("/me", AuthRoutes.Who);
        known.MapPost("/logout", AuthRoutes.LogOut);

        var own = routes.MapGroup("/api/auth").RequireAuthorization(Policies.Client).RequireRateLimiting(RateLimits.Tries);
        own.MapPost("/password", ChangePassword.Handle);
        own.MapPost("/second-factor", BeginSecondFactor.Handle);
        own.MapPost("/second-factor/confirm", SecondFactor.Confirm);

        var sessions = routes.MapGroup("/api/auth/sessions").RequireAuthorization(Policies.Client);
        sessions.MapGet("", OwnSessions.List);
        sessions.MapPost("/end", OwnSessions.EndOthers);
        sessions.MapPost("/{id}/end", OwnSessions.End);
    }
}
