using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Alur.Platform.Telemetry;

/// <summary>
/// Leaves of a span what cannot speak of anybody: an allow-list, so that what a later version of a library adds stays here. Paths and queries hold visits,
/// patients' numbers and e-mail addresses, so only the route's pattern goes out. What failed may quote a value in its message, and an event cannot be taken out of a
/// span again: such a span is not sent at all, and the request above it says that it failed.
/// </summary>
internal sealed class WithoutPeople : BaseProcessor<Activity>
{
    private const string FirstAnswer = "received-first-response"; // of the database driver, with nothing but its time

    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "http.request.method", "http.response.status_code", "http.route", "url.scheme", "network.protocol.version", "error.type",
        // Our statements are constants; their parameters are no part of them.
        "db.system", "db.system.name", "db.statement", "db.query.text", "db.operation.name", "db.response.status_code", "otel.status_code",
    };

    public override void OnEnd(Activity data)
    {
        foreach (var (name, _) in data.TagObjects.Where(tag => !Allowed.Contains(tag.Key)).ToList())
        {
            data.SetTag(name, null);
        }

        data.TraceStateString = null;
        data.DisplayName = data.Kind == ActivityKind.Server ? $"{data.GetTagItem("http.request.method")} {data.GetTagItem("http.route")}".Trim() : "postgresql";
        if (data.StatusDescription is not null) data.SetStatus(data.Status);
        if (data.Events.Any(happened => happened.Name != FirstAnswer)) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}

/// <summary>A trace begins with a request: the loops ask the database several times a second, day and night.</summary>
internal sealed class RequestsOnly : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind == ActivityKind.Server ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}
