using Alur.Platform.Doctor;
using Alur.Platform.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Alur.Antrean.Board;

/// <summary>The module's pages and the forms on them, under the host's prefix; docs/accounts.md has the table.</summary>
internal static class AntreanPages
{
    public static readonly NavItem[] Navigation =
    [
        new(10, "/antrean", new Words("Papan hari ini", "Today's board"), "layout-board", AntreanGrants.FrontOffice, BoardWords.Section),
        new(20, "/antrean/work", new Words("Daftar kerja", "Work list"), "list-check", AntreanGrants.FrontOffice, BoardWords.Section),
        new(30, "/antrean/deliveries", new Words("Pengiriman", "Deliveries"), "send", AntreanGrants.FrontOffice, BoardWords.Section),
        new(40, "/antrean/mappings", new Words("Mapping", "Mappings"), "arrows-left-right", AntreanGrants.FrontOffice, BoardWords.Section),
        new(50, "/antrean/report", new Words("Laporan harian", "Day's report"), "chart-bar", AntreanGrants.FrontOffice, BoardWords.Section),
        new(60, SettingsPage.Path, new Words("Pengaturan", "Settings"), "settings", AntreanGrants.FrontOffice, BoardWords.Section),
    ];

    public static void MapPages(IEndpointRouteBuilder routes)
    {
        var antrean = routes.MapGroup("").RequireAuthorization(AntreanGrants.FrontOffice).AsPage();
        antrean.MapGet("", TodayBoard.Show);
        antrean.MapGet("/visits/{visit_id}", VisitPage.Show);
        antrean.MapPost("/visits/{visit_id}/revalidate", VisitPage.Revalidate);
        antrean.MapGet("/work", WorkPage.Show);
        antrean.MapPost("/work/revalidate", WorkPage.Revalidate);
        antrean.MapGet("/deliveries", DeliveriesPage.Show);
        antrean.MapGet("/mappings", MappingsPage.Show);
        antrean.MapGet("/report", ReportPage.Show);
        antrean.MapGet("/settings", SettingsPage.Show);

        var sending = routes.MapGroup("").RequireAuthorization(AntreanGrants.Integration).AsPage();
        sending.MapPost("/deliveries/requeue", SteerDeliveries.Requeue);
        sending.MapPost("/deliveries/pause", SteerDeliveries.Pause);
        sending.MapPost("/deliveries/resume", SteerDeliveries.Resume);
        sending.MapPost("/mappings/refresh", MappingsPage.Refresh);
        sending.MapPost("/settings", SettingsPage.Test);
        sending.MapPost("/settings/mode", SettingsPage.Switch);
    }
}
