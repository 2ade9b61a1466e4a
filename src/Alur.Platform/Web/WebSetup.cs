using Alur.Platform.Identity;
using Alur.Platform.Telemetry;
using Alur.Platform.Web.Idempotency;
using Alur.Platform.Web.Metrics;
using Alur.Platform.Web.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Alur.Platform.Web;

/// <summary>The edge: one form for answers and failures, strict reading, everything denied by default.</summary>
public static class WebSetup
{
    private const long MaxRequestBody = 1024 * 1024;

    /// <summary>Registers the edge. Needs the <c>NpgsqlDataSource</c> of the platform.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBody;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json => WebJson.Configure(json.SerializerOptions));
        services.AddClientAddress().AddRateLimits().AddApiDescription().AddIdempotency().AddValidation();
        services.AddSingleton<IProblemDetailsService, ValidationProblems>();
        services.AddSingleton<RefusedKeys>().AddSingleton<UnavailableLog>().AddSingleton<UnnamedProxies>().AddHostedService<TellUnnamedProxies>();
        services.TryAddSingleton(Console.Out);
        services.AddHostedService<FirstApiKey>();
        services.AddSingleton<MetricReader>().AddHostedService(provider => provider.GetRequiredService<MetricReader>());
        return services.AddCallerSchemes().AddPolicies();
    }

    /// <summary>Puts the edge into the pipeline. Endpoints are open only by <c>AllowAnonymous</c>.</summary>
    public static IApplicationBuilder UseWeb(this IApplicationBuilder app) => app
        .UseClientAddress()
        .Use(TraceRequests.Run)
        .UseMiddleware<FailureForm>()
        .Use(SecurityHeaders.Write)
        .UseRouting()
        .UseAuthentication()
        .UseRateLimiter() // before anybody is refused: strangers are counted too
        .UseAuthorization()
        .UseWebSockets()
        .UseMiddleware<IdempotentRequests>()
        .UseMiddleware<RequestGuard>();
}
