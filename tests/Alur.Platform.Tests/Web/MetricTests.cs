using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using Alur.Platform.Web.Metrics;
using Alur.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alur.Platform.Tests.Web;

public sealed partial class MetricTests
{
    [Fact]
    public async Task They_are_shown_to_whoever_is_known_and_to_nobody_else()
    {
        await using var app = await AlurApp.Start();
        await app.Get("/api/antrean/sites");

        await Refusal.Of(app.AsStranger().GetAsync("/metrics"), HttpStatusCode.Unauthorized, "API_KEY_REQUIRED");
        using var answer = await app.AsApiCaller().GetAsync("/metrics");
        var lines = (await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.All(lines, line => Assert.Matches(FormOfLine(), line));
        Assert.Contains(lines, line => line.StartsWith("http_server_request_duration_count{", StringComparison.Ordinal) && line.Contains("http_route=\"/api/antrean/sites\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("dotnet_gc_", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_counted_measured_and_asked_for_is_added_up_by_its_tags()
    {
        using var meter = new Meter("Alur.Test");
        using var reader = Started();
        var counter = meter.CreateCounter<long>("test.jobs", description: "Jobs\nby end");
        counter.Add(2, new KeyValuePair<string, object?>("end", "a \"b\"\\\n"), new KeyValuePair<string, object?>("none", null));
        counter.Add(3, new KeyValuePair<string, object?>("end", "a \"b\"\\\n"));
        var level = meter.CreateUpDownCounter<int>("test.level");
        level.Add(5);
        level.Add(-7);
        var time = meter.CreateHistogram<double>("test.time", "ms");
        time.Record(0.3);
        time.Record(3);
        time.Record(1e9);
        var standing = 4L;
        meter.CreateObservableGauge("test.standing", () => standing);
        _ = reader.Text();
        standing = 6;

        var text = reader.Text();

        Assert.Contains("# HELP test_jobs_total Jobs by end\n# TYPE test_jobs_total counter\ntest_jobs_total{end=\"a \\\"b\\\"\\\\\\n\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE test_level gauge\ntest_level -2\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE test_standing gauge\ntest_standing 6\n", text, StringComparison.Ordinal);
        Assert.Contains("test_time_bucket{le=\"0.25\"} 0\ntest_time_bucket{le=\"0.5\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("test_time_bucket{le=\"10000\"} 2\ntest_time_bucket{le=\"+Inf\"} 3\ntest_time_sum 1000000003.3\ntest_time_count 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_cannot_be_asked_does_not_hide_the_others_and_tags_without_end_are_cut_off()
    {
        using var meter = new Meter("Alur.Test.Trouble");
        using var reader = Started();
        Func<long> broken = () => throw new InvalidOperationException("no database");
        meter.CreateObservableGauge("test.broken", broken);
        meter.CreateObservableGauge("test.sound", () => 1L);
        var endless = meter.CreateCounter<int>("test.endless");
        for (var i = 0; i < 1500; i++) endless.Add(1, new KeyValuePair<string, object?>("visit", i));

        var text = reader.Text();

        Assert.Contains("test_sound 1\n", text, StringComparison.Ordinal);
        Assert.Equal(1000, text.Split('\n').Count(line => line.StartsWith("test_endless_total{", StringComparison.Ordinal)));
    }

    private static MetricReader Started()
    {
        var reader = new MetricReader(NullLogger<MetricReader>.Instance);
        _ = reader.StartAsync(CancellationToken.None);
        return reader;
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_][a-z0-9_]* .+|[a-zA-Z_][a-zA-Z0-9_]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)+\})? [-+0-9.eEInfNa]+)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormOfLine();
}
