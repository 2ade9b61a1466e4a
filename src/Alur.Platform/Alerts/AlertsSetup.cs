using Alur.Platform.Delivery;
using Alur.Platform.Leases;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Alerts;

/// <summary>Adds the alerts to a host.</summary>
public static class AlertsSetup
{
    /// <summary>Looks every minute, on one node, and tells by the configured channels. Safe to call from every module; modules add their own <see cref="IAlertSource"/>.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(s => s.ServiceType == typeof(DiskGuard))) return services;
        services.AddOptions<AlertsOptions>().BindConfiguration(AlertsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(sp => sp.GetRequiredService<IOptions<AlertsOptions>>().Value);
        services.AddSingleton<DiskGuard>().AddSingleton<IAlertSource>(sp => sp.GetRequiredService<DiskGuard>());
        services.AddSingleton<IAlertSource, DeliveryTrouble>().AddSingleton<IAlertSource, JournalTrouble>();
        services.AddSingleton<RaiseAlerts>().AddSingleton<TellAlerts>().AddSingleton<NotifyAdmins>();
        services.AddHostedService<AlertChannels>(); // before the delivery worker
        services.AddDelivery().AddDeliveryChannel<WebhookChannel>().AddDeliveryChannel<SmtpChannel>();
        var interval = configuration.GetValue($"{AlertsOptions.Section}:Interval", new AlertsOptions().Interval);
        return services.AddPeriodicTask("platform.alerts", interval, (sp, _, ct) => sp.GetRequiredService<RaiseAlerts>().RunOnce(ct));
    }
}
