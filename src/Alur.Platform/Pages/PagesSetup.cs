using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Pages;

/// <summary>What people see in a browser: a frame around the modules' pages.</summary>
public static class PagesSetup
{
    /// <summary>Registers what pages need.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddOptions<PagesOptions>().BindConfiguration(PagesOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<PagesOptions>, KnownZone>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<PagesOptions>>().Value);
        return services.AddSingleton<Assets>().AddSingleton<RefusalTexts>().AddIndonesianRefusals(PlatformRefusals.Indonesian).AddAdminPages();
    }

    /// <summary>Maps the frame's own addresses and the way in.</summary>
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous();
        open.MapGet("/assets/{digest}/{file}", Assets.Send).DisableRateLimiting();
        open.MapPost("/preferences", Preferences.Choose).AsPage();
        open.MapGet("/sign-in", SignInPage.Show).AsPage();
        open.MapPost("/sign-in", SignInPage.Submit).RequireRateLimiting(RateLimits.Tries).AsPage();

        var known = routes.MapGroup("").RequireAuthorization(Policies.Client);
        known.MapGet("/", FirstPage).AsPage();
        known.MapPost("/sign-out", SignInPage.Leave).AsPage();
        known.MapGet(OwnAccountPage.Path, OwnAccountPage.Show).AsPage();
        known.MapPost(OwnAccountPage.Path, OwnAccountPage.Submit).RequireRateLimiting(RateLimits.Tries).AsPage();

        known.MapGet(NotificationsPage.Path, NotificationsPage.Show).AsPage();
        known.MapPost(NotificationsPage.Path, NotificationsPage.Submit).AsPage();
        known.MapGet(PreferencesPage.Path, PreferencesPage.Show).AsPage();
        known.MapPost(PreferencesPage.Path, PreferencesPage.Submit).AsPage();

        routes.MapGroup("/admin").RequireAuthorization(Policies.Admin).AsPage().MapAdminPages();
    }

    /// <summary>Marks addresses for people: strangers are led to the sign-in page, and failures are pages.</summary>
    public static TBuilder AsPage<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new IsPage());

    // Where somebody lands depends on what they may do; whoever may do nothing yet is told so.
    private static IResult FirstPage(HttpContext http) => new Here(http).Navigation.FirstOrDefault() is { } first
        ? TypedResults.Redirect(first.Path)
        : PageResult.Of<NothingYetPage>();
}
