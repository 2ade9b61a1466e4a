using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Alur.Platform.Web.Metrics;

/// <summary><c>/metrics</c>: counts, sums and how it stands, of this node. No patient is in it, but what a hospital does all day is, so it wants a caller.</summary>
public static class MetricsRoute
{
    /// <summary>For anybody who is known, an API key without further rights included.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", Handle).Produces<string>(StatusCodes.Status200OK, "text/plain").RequireAuthorization();

    private static ContentHttpResult Handle(MetricReader reader) => TypedResults.Text(reader.Text(), MetricText.ContentType);
}
