using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Alur.Platform.Health;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Notifications;
using Alur.Platform.Web;
using Alur.Platform.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Pages;

/// <summary>The pages of those who run the installation.</summary>
internal static class AdminPages
{
    private static readonly Words Section = new("Admin", "Admin");

    public static IServiceCollection AddAdminPages(this IServiceCollection services) => services.AddNavigation(
        new NavItem(900, UsersPage.Path, new Words("Akun", "Accounts"), "users", Policies.Admin, Section),
        new NavItem(905, BroadcastsPage.Path, new Words("Siaran", "Broadcasts"), "speakerphone", Policies.Admin, Section),
        new NavItem(910, "/admin/audit", new Words("Audit", "Audit"), "history", Policies.Admin, Section),
        new NavItem(920, HealthPage.Path, new Words("Kesehatan", "Health"), "heart-rate-monitor", Policies.Admin, Section),
        new NavItem(930, ConsumersPage.Path, new Words("Pembaca jurnal", "Journal consumers"), "timeline", Policies.Admin, Section),
        new NavItem(940, WebhooksPage.Path, new Words("Webhook", "Webhooks"), "webhook", Policies.Admin, Section));

    /// <summary>Under a prefix that only administrators may open.</summary>
    public static void MapAdminPages(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/users", UsersPage.Show);
        admin.MapPost("/users", UsersPage.Add);
        admin.MapGet("/users/{email}", AccountPage.Show);
        admin.MapPost("/users/{email}", AccountPage.Submit);
        admin.MapGet("/broadcasts", BroadcastsPage.Show);
        admin.MapPost("/broadcasts", BroadcastsPage.Submit).RequireRateLimiting(RateLimits.HundredPerMinute);
        admin.MapGet("/audit", AuditPage.Show);
        admin.MapGet("/health", HealthPage.Show);
        admin.MapPost("/health", HealthPage.ResetBreaker).RequireRateLimiting(RateLimits.HundredPerMinute);
        admin.MapGet("/consumers", ConsumersPage.Show);
        admin.MapPost("/consumers", ConsumersPage.Submit);
        admin.MapGet("/webhooks", WebhooksPage.Show);
        admin.MapPost("/webhooks", WebhooksPage.Add);
        admin.MapGet("/webhooks/{id}", WebhookPage.Show);
        admin.MapPost("/webhooks/{id}", WebhookPage.Submit);
    }
}
