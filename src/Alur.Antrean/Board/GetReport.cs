using Alur.Antrean.FirstRun;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Antrean.Board;

/// <summary>What would be sent of one day, or is, with what holds the rest.</summary>
internal static class GetReport
{
    public static async Task<Answer<DayReport>> Handle(
        ReportDay report, CancellationToken ct, [FromQuery] string site = AntreanRoutes.DefaultSite, [FromQuery] DateOnly? date = null) =>
        await report.Run(new DayReportRequest(site, date), ct);
}
