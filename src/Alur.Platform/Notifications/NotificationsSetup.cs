using Alur.Platform.Identity;
using Alur.Platform.Leases;
using Alur.Platform.Mail;
using Alur.Platform.Realtime;
using Alur.Platform.Web;
using Alur.Platform.Web.Idempotency;
using Alur.Platform.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Notifications;

/// <summary>What people are told, and where they find it.</summary>
public static class NotificationsSetup
{
    /// <summary>Registers <see cref="Notify"/> and the upkeep of what was told.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddSingleton(provider => new Notify(
            provider.GetRequiredService<MessageHints>(), provider.GetRequiredService<EnqueueMail>(), provider.GetRequiredService<EnqueueWebhooks>()))
        .AddSingleton<SendBroadcast>().AddSingleton<KeepNotifications>().AddSingleton(NotificationEvent.Types)
        .AddPeriodicTask("notifications.upkeep", TimeSpan.FromHours(12), (provider, _, ct) => provider.GetRequiredService<KeepNotifications>().RunOnce(ct));

    /// <summary>Maps <c>/api/notifications</c>: everybody's own.</summary>
    public static void MapNotifications(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/api/notifications").RequireAuthorization(Policies.Client);
        own.MapGet("", ListNotifications.Handle);
        own.MapGet("/unread", ListNotifications.Count);
        own.MapPost("/read-all", ReadNotifications.UpTo);
        own.MapPost("/{id}/read", ReadNotifications.One);
        own.MapGet("/preferences", ChoosePreferences.Show);
        own.MapPut("/preferences", ChoosePreferences.Handle);
    }

    /// <summary>What admins tell many at once, under a prefix that only they may call.</summary>
    public static IEndpointRouteBuilder MapBroadcasts(this IEndpointRouteBuilder admin)
    {
        admin.MapPost("/broadcasts", SendBroadcast.Handle).TakeIdempotencyKeysExactly().RequireRateLimiting(RateLimits.HundredPerMinute);
        admin.MapGet("/broadcasts", ListBroadcasts.Handle);
        admin.MapGet("/broadcasts/audiences", ListBroadcasts.Audiences);
        return admin;
    }
}
