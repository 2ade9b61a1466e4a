using Microsoft.AspNetCore.Builder;
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
        services.AddSingleton<AddUser>().AddSingleton<ListUsers>().AddSingleton<ResetUser>().AddSingleton<DisableUser>().AddSingleton<ChangeUser>();
        return services.AddSingleton<UseSetUpLink>().AddSingleton<SignInGate>().AddSingleton<SignIn>().AddSingleton<Sessions>();
    }

    /// <summary>Lets a server print the link that makes the first admin; verbs do not.</summary>
    public static IServiceCollection AddFirstSetUpLink(this IServiceCollection services) => services.AddHostedService<FirstSetUpLink>();

    /// <summary>Maps everything that has to do with coming in.</summary>
    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous();
        open.MapGet(SetUpLink.Prefix + "{link}", SetUpPage.Show);
        open.MapPost(SetUpLink.Prefix + "{link}", SetUpPage.Submit);
    }
}
