using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Alur.Platform.Telemetry;

/// <summary>Sends what this process measures, and traces of requests with their statements, to an OpenTelemetry collector, if one is configured.</summary>
internal sealed class ExportTelemetry(IOptions<TelemetryOptions> options, IConfiguration configuration) : IHostedService, IDisposable
{
    private const string Standard = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var endpoint = options.Value.OtlpEndpoint ?? (Uri.TryCreate(configuration[Standard], UriKind.Absolute, out var standard) ? standard : null);
        if (endpoint is not null)
        {
            Start(endpoint);
        }

        return Task.CompletedTask;
    }

    // What is not sent yet goes out with this, within seconds.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        (_traces, _metrics) = (null, null);
    }

    private void Start(Uri endpoint)
    {
        var resource = ResourceBuilder.CreateEmpty().AddService(
            "alur", serviceVersion: Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion, serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}");
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "Npgsql")
            .SetSampler(new ParentBasedSampler(new RequestsOnly()))
            .AddProcessor(new WithoutPeople())
            .AddOtlpExporter(to => Aim(to, endpoint, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter([.. Web.Metrics.MetricReader.Meters.Select(name => name + "*")])
            .AddOtlpExporter((to, reader) =>
            {
                Aim(to, endpoint, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = options.Value.IntervalSeconds * 1000;
            })
            .Build();
    }

    private static void Aim(OtlpExporterOptions to, Uri endpoint, string signal) =>
        (to.Protocol, to.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri($"{endpoint.ToString().TrimEnd('/')}/{signal}"));
}

/// <summary>Adds it to a host.</summary>
public static class TelemetrySetup
{
    /// <summary>Sends nothing unless the configuration says where to.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<TelemetryOptions>, RequireHttp>();
        return services.AddSingleton<IHostedService, ExportTelemetry>();
    }

    private sealed class RequireHttp : IValidateOptions<TelemetryOptions>
    {
        public ValidateOptionsResult Validate(string? name, TelemetryOptions options) =>
            options.OtlpEndpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Telemetry:OtlpEndpoint must be an address such as http://127.0.0.1:4318.");
    }
}
