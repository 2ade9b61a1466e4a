using Alur.Platform.Doctor;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Identity;

/// <summary>Names for <c>RequireAuthorization</c>. A module's grants are policies by their own names, see <see cref="Grant"/>.</summary>
public static class Policies
{
    /// <summary>Runs the installation: accounts, settings, everything that any grant allows.</summary>
    public const string Admin = "admin";

    /// <summary>A person with an account of either role.</summary>
    public const string Client = "client";

    /// <summary>Everything is refused to strangers unless it says otherwise; the two roles get their policies.</summary>
    internal static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Admin, policy => policy.RequireAuthenticatedUser().RequireRole(Admin))
            .AddPolicy(Client, policy => policy.RequireAuthenticatedUser().RequireRole(Admin, Client));
        return services;
    }
}

/// <summary>A right that people and API keys are given one by one; admins hold every one of them.</summary>
/// <param name="Name">In words for commands and tables, such as <c>front-office</c>; the policy of that name asks for it.</param>
/// <param name="Module">Whose it is.</param>
/// <param name="Allows">What it allows, in one sentence for those who give it.</param>
public sealed record Grant(string Name, string Module, Words Allows);

/// <summary>How a module declares its grants.</summary>
public static class GrantSetup
{
    /// <summary>Makes <paramref name="grant"/> known to commands and <c>RequireAuthorization(grant.Name)</c>.</summary>
    public static IServiceCollection AddGrant(this IServiceCollection services, Grant grant)
    {
        services.Configure<AuthorizationOptions>(options => options.AddPolicy(
            grant.Name, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.IsInRole(Policies.Admin) || context.User.HasGrant(grant.Name))));
        return services.AddSingleton(grant);
    }
}
