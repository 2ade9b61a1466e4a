using Alur.Platform.Doctor;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Pages;

/// <summary>One entry of the navigation.</summary>
/// <param name="Order">Entries stand in this order; the first that a reader may open is where they land after signing in.</param>
/// <param name="Path">Of the page.</param>
/// <param name="Label">Its name.</param>
/// <param name="Icon">A drawing in Assets.</param>
/// <param name="Policy">Who sees it: a grant's name or a policy.</param>
/// <param name="Section">Under which heading it stands.</param>
public sealed record NavItem(int Order, string Path, Words Label, string Icon, string Policy, Words Section);

/// <summary>How a module puts its pages into the navigation.</summary>
public static class NavSetup
{
    /// <summary>Adds entries.</summary>
    public static IServiceCollection AddNavigation(this IServiceCollection services, params IEnumerable<NavItem> items)
    {
        foreach (var item in items)
        {
            services.AddSingleton(item);
        }

        return services;
    }
}
