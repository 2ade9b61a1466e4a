using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Microsoft.Extensions.Hosting;

namespace Alur.Platform.Alerts;

/// <summary>The delivery channels that carry alerts, as far as they are configured; made at start.</summary>
internal sealed class AlertChannels(DeliveryQueue queue, AlertsOptions options) : IHostedService
{
    public const string Webhook = "webhook:alerts";

    public const string Smtp = "smtp:alerts";

    /// <summary>Those that are configured.</summary>
    public static IReadOnlyList<string> Of(AlertsOptions options) =>
        [.. new[] { options.Webhook.Url is null ? null : Webhook, options.Smtp.Host is null ? null : Smtp }.OfType<string>()];

    public Task StartAsync(CancellationToken cancellationToken) => DatabaseRestart.Outlast(() => Ensure(cancellationToken), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task Ensure(CancellationToken ct)
    {
        foreach (var channel in Of(options)) await queue.EnsureChannel(channel, new ChannelLimits(MaxConcurrent: 2), breaker: null, ct);
    }
}
