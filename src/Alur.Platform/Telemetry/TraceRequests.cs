using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alur.Platform.Telemetry;

/// <summary>Says of a traced request which route it was and how it ended, in the names that OpenTelemetry gives these.</summary>
internal static class TraceRequests
{
    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal) { "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS" };

    public static async Task Run(HttpContext http, RequestDelegate next)
    {
        var activity = Activity.Current;
        await next(http);
        if (activity is { IsAllDataRequested: true, Kind: ActivityKind.Server })
        {
            activity.SetTag("http.request.method", Methods.Contains(http.Request.Method) ? http.Request.Method : "_OTHER");
            activity.SetTag("http.route", (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
            activity.SetTag("http.response.status_code", http.Response.StatusCode);
            if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError) activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
