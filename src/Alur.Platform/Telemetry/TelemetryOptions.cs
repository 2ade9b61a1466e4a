using System.ComponentModel.DataAnnotations;

namespace Alur.Platform.Telemetry;

/// <summary>Section <c>Telemetry</c>: whom this server sends its measurements and traces to. To nobody, unless somebody is named.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Telemetry";

    /// <summary>Address of an OpenTelemetry collector that speaks OTLP over HTTP, such as <c>http://127.0.0.1:4318</c>. Null: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> of the environment, or nobody.</summary>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>Seconds from one sending of the measurements to the next.</summary>
    [Range(1, 3600, ErrorMessage = "Telemetry:IntervalSeconds must be between 1 and 3600.")]
    public int IntervalSeconds { get; set; } = 60;
}
