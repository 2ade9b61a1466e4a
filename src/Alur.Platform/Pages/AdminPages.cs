using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Alur.Platform.Identity;
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
        new NavItem(910, "/admin/audit", new Words("Audit", "Audit"), "history", Policies.Admin, Section));

    /// <summary>Under a prefix that only administrators may open.</summary>
    public static void MapAdminPages(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/users", UsersPage.Show);
        admin.MapPost("/users", UsersPage.Add);
        admin.MapGet("/users/{email}", AccountPage.Show);
        admin.MapPost("/users/{email}", AccountPage.Submit);
        admin.MapGet("/audit", AuditPage.Show);
    }
}
