using Alur.Antrean.Sites;
using Alur.Platform.Web.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Alur.Antrean.Board;

/// <summary>The module's addresses, under the host's prefix. A visit_id holds slashes: callers write them <c>%2F</c>.</summary>
internal static class AntreanRoutes
{
    /// <summary>The site when a caller names none.</summary>
    public const string DefaultSite = "default";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var antrean = routes.MapGroup("").RequireAuthorization(AntreanGrants.FrontOffice);
        antrean.MapGet("/visits", ListVisits.Handle);
        antrean.MapGet("/visits/{visit_id}", GetVisit.Handle);
        antrean.MapGet("/visits/{visit_id}/history", GetVisitHistory.Handle);
        antrean.MapGet("/tasks", ListTasks.Handle);
        antrean.MapGet("/queue", ListQueue.Handle);
        antrean.MapGet("/logs", ListLogs.Handle);
        antrean.MapGet("/failures", ListFailures.Handle);
        antrean.MapGet("/sites", ListSites.Handle);
        antrean.MapGet("/report", GetReport.Handle);
        antrean.MapGet("/references", ListReferences.Handle);
        antrean.MapGet("/references/differences", ListDifferences.Handle);
        antrean.MapGet("/summary", GetSummary.Handle);

        var looking = antrean.MapGroup("").TakeIdempotencyKeys();
        looking.MapPost("/visits/{visit_id}/revalidate", RevalidateVisits.One);
        looking.MapPost("/revalidate", RevalidateVisits.All);

        var sending = routes.MapGroup("").RequireAuthorization(AntreanGrants.Integration).TakeIdempotencyKeys();
        sending.MapPost("/queue/{id}/requeue", RequeueJob.Handle);
        sending.MapPost("/queue/requeue", RequeueJobs.Handle);
        sending.MapPost("/references/refresh", RequestReferences.Handle);
        sending.MapPost("/sites/{site}/mode", SwitchMode.Handle);
        sending.MapPost("/channels/{site}/pause", PauseChannel.Handle);
        sending.MapPost("/channels/{site}/resume", ResumeChannel.Handle);
    }
}
