using Alur.Platform.Leases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Audit;

/// <summary>Adds the audit to a host.</summary>
public static class AuditSetup
{
    /// <summary>The audit as a thing that is itself audited.</summary>
    internal static AuditResource Resource { get; } = new("audit_logs");

    /// <summary>Its settings and its upkeep, twice a day. Writing needs neither: <see cref="WriteAudit"/> is called by whoever does something.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(sp => sp.GetRequiredService<IOptions<AuditOptions>>().Value);
        services.AddSingleton<KeepAudit>().AddSingleton<AuditNames>();
        return services.AddPeriodicTask("audit.upkeep", TimeSpan.FromHours(12), (sp, _, ct) => sp.GetRequiredService<KeepAudit>().RunOnce(ct));
    }

    /// <summary>The audit's addresses, under a prefix that only administrators may call.</summary>
    public static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/audit", ListAudit.Handle);
        admin.MapGet("/audit/export", ExportAudit.Handle).Produces<string>(StatusCodes.Status200OK, "text/csv");
        return admin;
    }
}
