using Alur.Platform.Alerts;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Mail;

/// <summary>Adds e-mail to a host.</summary>
public static class MailSetup
{
    /// <summary>Mail to people with accounts, by the delivery engine.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new MailRoute(provider.GetRequiredService<IOptions<MailOptions>>(), provider.GetRequiredService<IOptions<AlertsOptions>>()));
        services.AddSingleton(provider => new EnqueueMail(provider.GetRequiredService<MailRoute>(), provider.GetRequiredService<DeliveryQueue>()));
        services.AddHostedService<MailChannelRow>();
        return services.AddDelivery().AddDeliveryChannel<MailChannel>();
    }
}

/// <summary>The channel that mails go by, made at start where a mail server is configured.</summary>
internal sealed class MailChannelRow(DeliveryQueue queue, MailRoute route) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        route.Smtp is null ? Task.CompletedTask : DatabaseRestart.Outlast(() => Ensure(queue, cancellationToken), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Two at a time: mail servers of a house count connections.</summary>
    internal static Task Ensure(DeliveryQueue queue, CancellationToken ct) =>
        queue.EnsureChannel(MailChannel.Name, new ChannelLimits(MaxConcurrent: 2), breaker: MailChannel.Name, ct);
}
