using Alur.Antrean;
using Alur.Kafka;
using Alur.Platform;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Mail;
using Alur.Platform.Notifications;
using Alur.Platform.Pages;
using Alur.Platform.Realtime;
using Alur.Platform.Resilience;
using Alur.Platform.Telemetry;
using Alur.Platform.Web;
using Alur.Platform.Web.Metrics;
using Alur.Platform.Web.OpenApi;
using Alur.Platform.Webhooks;

namespace Alur.Host.Startup;

/// <summary>What the server is made of: one line per module. Tests start the same.</summary>
internal static class AlurServer
{
    public static IServiceCollection AddAlur(this IServiceCollection services, IConfiguration configuration) => services
        .AddDemoClock(configuration)
        .AddPlatform(configuration)
        .AddWeb()
        .AddTelemetry()
        .AddPages()
        .AddRealtime()
        .AddNotifications()
        .AddIdentityUpkeep()
        .AddAntrean(configuration)
        .AddMail()
        .AddWebhooks()
        .AddKhanzaConnections()
        .AddKafka(configuration)
        .AddKafkaRequirement()
        .AddSingleton<KeepCluster>()
        .AddHostedService(provider => provider.GetRequiredService<KeepCluster>());

    public static void MapAlur(this WebApplication app)
    {
        app.UseWeb();
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDescription();
        app.MapIdentity();
        app.MapPages();
        app.MapRealtime();
        app.MapNotifications();
        app.MapGroup("/api/admin").RequireAuthorization(Policies.Admin).MapAudit().MapResilience().MapUsers().MapBroadcasts().MapWebhooks();
        app.MapGroup("/api/antrean").MapAntrean();
        app.MapGroup("/antrean").MapAntreanPages();
    }
}
