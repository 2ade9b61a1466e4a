using Alur.Platform.Leases;
using Alur.Platform.Resilience;
using Alur.Platform.Retention;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Delivery;

/// <summary>Adds the delivery engine to a host.</summary>
public static class DeliverySetup
{
    /// <summary>The queue, the pump with its worker, and its upkeep. Safe to call from every module that delivers.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(DeliveryQueue))) return services;
        services.AddOptions<DeliveryOptions>().BindConfiguration("Delivery").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ResilienceOptions>().BindConfiguration("Resilience").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(sp => sp.GetRequiredService<IOptions<DeliveryOptions>>().Value);
        services.TryAddSingleton(sp => sp.GetRequiredService<IOptions<ResilienceOptions>>().Value);
        services.TryAddSingleton(sp => sp.GetRequiredService<IOptions<RetentionOptions>>().Value);
        services.TryAddSingleton<WakeUps>();
        services.AddSingleton(sp => new HintLine("delivery", sp.GetRequiredService<WakeUps>()));
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<ResetBreakers>();
        services.AddSingleton<DeliveryPump>().AddSingleton<SpendCalls>();
        services.AddHostedService<DeliveryWorker>();
        services.AddHostedService<WakeNotifier>();
        services.AddSingleton<ForgetOld>();
        return services
            .AddPeriodicTask("delivery.partitions", TimeSpan.FromDays(1), EnsurePartitions.RunOnce)
            .AddPeriodicTask("delivery.retention", TimeSpan.FromHours(6), (sp, _, ct) => sp.GetRequiredService<ForgetOld>().RunOnce(ct));
    }

    /// <summary>Adds the carrier of one kind of destination.</summary>
    public static IServiceCollection AddDeliveryChannel<T>(this IServiceCollection services)
        where T : class, IDeliveryChannel => services.AddSingleton<IDeliveryChannel, T>();
}
