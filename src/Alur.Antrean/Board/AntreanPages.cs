using Alur.Platform.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Alur.Antrean.Board;

/// <summary>The module's pages and the forms on them, under the host's prefix; docs/accounts.md has the table.</summary>
internal static class AntreanPages
{
    public static void MapPages(IEndpointRouteBuilder routes)
    {
        var antrean = routes.MapGroup("").RequireAuthorization(AntreanGrants.FrontOffice).AsPage();
        antrean.MapGet("", TodayBoard.Show);
        antrean.MapGet("/visits/{visit_id}", VisitPage.Show);
        antrean.MapPost("/visits/{visit_id}/revalidate", VisitPage.Revalidate);

        routes.MapGroup("").RequireAuthorization(AntreanGrants.Integration).AsPage();
    }
}
