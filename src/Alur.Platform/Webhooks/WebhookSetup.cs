using Alur.Platform.Alerts;
using Alur.Platform.Delivery;
using Alur.Platform.Journal;
using Alur.Platform.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Webhooks;

/// <summary>Adds webhooks to a host.</summary>
public static class WebhookSetup
{
    /// <summary>Receivers are told of what the journal records, by the delivery engine.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptions<WebhooksOptions>().BindConfiguration(WebhooksOptions.Section);
        services.AddSingleton(provider => new ReceiverRules(provider.GetRequiredService<IOptions<WebhooksOptions>>().Value));
        services.AddSingleton<ToldTypes>().AddSingleton<WebhookCalls>().AddSingleton<SwitchWebhookOff>().AddSingleton<EnqueueWebhooks>();
        services.AddSingleton<ListWebhooks>().AddSingleton<ListWebhookAttempts>().AddSingleton<AddWebhook>().AddSingleton<ChangeWebhook>().AddSingleton<RotateWebhookSecret>()
            .AddSingleton<DeleteWebhook>().AddSingleton<TestWebhook>();
        services.AddSingleton<KeepWebhooks>().AddSingleton<IAlertSource, WebhookTrouble>();
        services.AddPeriodicTask("webhooks.upkeep", TimeSpan.FromHours(1), (provider, _, ct) => provider.GetRequiredService<KeepWebhooks>().RunOnce(ct));
        services.AddDelivery().AddDeliveryChannel<HookChannel>();
        return services.AddJournalConsumer<JournalWebhooks>(JournalWebhooks.ConsumerName);
    }
}
