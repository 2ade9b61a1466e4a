using Alur.Antrean.Board;
using Alur.Antrean.Sites;
using Alur.Platform.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Antrean;

/// <summary>The queue bridge between SIMRS Khanza and BPJS Antrean RS.</summary>
public static class AntreanModule
{
    /// <summary>Registers the module. The host adds <c>Func&lt;KhanzaOptions, DbDataSource&gt;</c>, the way to a Khanza database.</summary>
    public static IServiceCollection AddAntrean(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AntreanOptions>().Bind(configuration.GetSection(AntreanOptions.Section)).PostConfigure(DefaultSite).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AntreanOptions>, ValidateAntreanOptions>();
        services.AddValidation();
        return services.AddSingleton(new ModuleMigrations("antrean", typeof(AntreanModule).Assembly));
    }

    /// <summary>Maps the module's endpoints; the prefix is the host's.</summary>
    public static IEndpointRouteBuilder MapAntrean(this IEndpointRouteBuilder routes)
    {
        AntreanRoutes.Map(routes);
        return routes;
    }

    private static void DefaultSite(AntreanOptions options)
    {
        if (options.Sites.Count == 0)
            options.Sites["default"] = new SiteOptions();
    }
}
