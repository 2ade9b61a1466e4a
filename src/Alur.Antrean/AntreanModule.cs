using Alur.Antrean.Alerts;
using Alur.Antrean.Board;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Doctor;
using Alur.Antrean.FirstRun;
using Alur.Antrean.Polling;
using Alur.Antrean.Profiles;
using Alur.Antrean.Reconcile;
using Alur.Antrean.References;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Alerts;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Doctor;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Pages;
using Alur.Platform.Realtime;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Antrean;

/// <summary>The queue bridge between SIMRS Khanza and BPJS Antrean RS.</summary>
public static class AntreanModule
{
    /// <summary>Registers the module. The host adds <c>Func&lt;KhanzaOptions, DbDataSource&gt;</c>, the way to a Khanza database.</summary>
    public static IServiceCollection AddAntrean(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(AntreanOptions.Section);
        services.AddOptions<AntreanOptions>().Bind(section).PostConfigure(DefaultSite).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AntreanOptions>>(new ValidateAntreanOptions(configuration));
        services.AddSingleton<IValidateOptions<AntreanOptions>>(new RefuseUnknownKeys(section));
        services.AddValidation();
        services.AddEventTypes("antrean", TaskEntries.Types);
        services.AddTopic(provider => BoardTopic.Create(provider.GetRequiredService<SiteDirectory>()));
        services.AddNavigation(AntreanPages.Navigation).AddIndonesianRefusals(AntreanRefusals.Indonesian);
        services.AddGrant(AntreanGrants.LookAndRevalidate).AddGrant(AntreanGrants.SteerSending);
        services.AddHostedService<MirrorSites>().AddHostedService<FollowModes>(); // before the delivery worker
        services.AddAlerts(configuration).AddDelivery().AddDeliveryChannel<BpjsDeliveryChannel>();
        services.AddSingleton<BpjsClients>().AddSingleton<DeniedAlone>().AddSingleton<CheckBeforeSend>();
        services.AddSingleton<SiteModes>().AddSingleton<SwitchMode>().AddSingleton<Func<CancellationToken, Task<IReadOnlyList<SiteMode>>>>(
            provider => provider.GetRequiredService<SiteModes>().All);
        services.AddSingleton<Func<string, SwitchRequest, CancellationToken, Task<Result<Switched>>>>(
            provider => (site, request, ct) => provider.GetRequiredService<SwitchMode>().Run(site, request, AuditOrigin.System, ct));
        services.AddSingleton<SiteDirectory>().AddSingleton<AntreanMetrics>().AddSingleton<BuildHints>().AddSingleton<PollHints>();
        services.AddSingleton<PollKhanza>().AddSingleton<BuildQueue>().AddSingleton<ReopenRegistrations>().AddSingleton<FindUnanswered>().AddSingleton<ReconcileRegistrations>();
        services.AddSingleton<RefreshReferences>().AddSingleton<ReferenceHints>();
        services.AddSingleton<IAlertSource, PollTrouble>().AddSingleton<IAlertSource, SecondSender>();
        services.AddHostedService<AntreanWorker>();
        services.AddSingleton<CompareProfiles>().AddSingleton<ProfileKhanza>().AddSingleton<Func<ProfileRequest, CancellationToken, Task<Result<ProfileReport>>>>(
            provider => provider.GetRequiredService<ProfileKhanza>().Run);
        services.AddSingleton<ReportDay>().AddSingleton<Func<DayReportRequest, CancellationToken, Task<Result<DayReport>>>>(
            provider => provider.GetRequiredService<ReportDay>().Run);
        services.AddSingleton<ReadSettings>().AddSingleton<CheckHospitals>().AddSingleton<TestConnection>();
        services.AddSingleton<IDoctorCheck>(provider => provider.GetRequiredService<CheckHospitals>()).AddSingleton<IDoctorCheck, CheckModes>().AddSingleton<IDoctorCheck, CheckPolling>().AddSingleton<IDoctorCheck, CheckUndated>().AddSingleton<IDoctorCheck, CheckLookUps>().AddSingleton<IDoctorCheck, CheckReferences>();
        return services.AddSingleton(new ModuleMigrations("antrean", typeof(AntreanModule).Assembly));
    }

    /// <summary>Maps the module's endpoints; the prefix is the host's.</summary>
    public static IEndpointRouteBuilder MapAntrean(this IEndpointRouteBuilder routes)
    {
        AntreanRoutes.Map(routes);
        return routes;
    }

    /// <summary>Maps the module's pages; the prefix is the host's.</summary>
    public static IEndpointRouteBuilder MapAntreanPages(this IEndpointRouteBuilder routes)
    {
        AntreanPages.MapPages(routes);
        return routes;
    }

    private static void DefaultSite(AntreanOptions options)
    {
        if (options.Sites.Count == 0)
            options.Sites["default"] = new SiteOptions();
    }
}
