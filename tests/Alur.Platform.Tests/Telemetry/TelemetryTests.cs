using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Alur.Platform.Tests.Telemetry;

/// <summary>A collector that keeps what comes, and a server that sends to it. Texts in OTLP's messages are plain UTF-8, so they can be looked for as they are.</summary>
public sealed class TelemetryTests
{
    private const string Visit = "2026/01/20/000077";

    [Fact]
    public async Task Measurements_and_traces_of_requests_reach_a_collector()
    {
        await using var collector = await Collector.Start();
        await Use(new() { ["Telemetry:OtlpEndpoint"] = collector.Address, ["Telemetry:IntervalSeconds"] = "3600" });

        Assert.Equal(["/v1/metrics", "/v1/traces"], collector.Received.Keys.Order(StringComparer.Ordinal));
        Assert.All(["http.server.request.duration", "alur", "/api/antrean/visits/{visit_id}"], text => Assert.Contains(text, collector.Received["/v1/metrics"], StringComparison.Ordinal));
        Assert.All(
            ["GET /api/antrean/visits/{visit_id}", "POST /api/auth/login", "http.response.status_code", "postgresql", "identity.sign_ins"],
            text => Assert.Contains(text, collector.Received["/v1/traces"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_that_speaks_of_a_person_leaves_the_house()
    {
        await using var collector = await Collector.Start();
        var told = await Use(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address });

        Assert.Contains("identity.sessions", collector.Received["/v1/traces"], StringComparison.Ordinal);
        var all = string.Concat(collector.Received.Values);
        Assert.All([Visit, Uri.EscapeDataString(Visit), "000077", "fingerprint-of-somebody", "Browser/9.1", "SELECT-state", .. told], text => Assert.DoesNotContain(text, all, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Where_nobody_is_named_nothing_is_sent()
    {
        await using var collector = await Collector.Start();
        await Use([]);

        Assert.Empty(collector.Received);
    }

    [Fact]
    public async Task A_collector_that_is_away_holds_up_nothing()
    {
        var gone = await Collector.Start();
        await gone.DisposeAsync();

        await Use(new() { ["Telemetry:OtlpEndpoint"] = gone.Address });
    }

    [Theory, InlineData("collector:4318"), InlineData("ftp://collector")]
    public async Task An_address_that_is_none_stops_the_start(string address)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => AlurApp.Start(new Dictionary<string, string?> { ["Telemetry:OtlpEndpoint"] = address }));

        Assert.Contains("Telemetry:OtlpEndpoint", refused.Message, StringComparison.Ordinal);
    }

    // What it asks for is in no answer: the texts that must not get out.
    private static async Task<string[]> Use(Dictionary<string, string?> settings)
    {
        await using var app = await AlurApp.Start(settings);
        var email = await app.NewUser(Policies.Client, "front-office");
        using var client = app.AsApiCaller();
        client.DefaultRequestHeaders.Add("User-Agent", "Browser/9.1");
        client.DefaultRequestHeaders.Add("tracestate", "x=SELECT-state");
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/api/antrean/visits/{Uri.EscapeDataString(Visit)}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/antrean/queue?fingerprint=fingerprint-of-somebody&site=x")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await app.AsAdmin().PostAsJsonAsync("/api/admin/users", new { email })).StatusCode); // fails in the database
        return [email, app.ApiKey, AlurApp.Password];
    }

    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentDictionary<string, string> Received { get; } = new(StringComparer.Ordinal);

        public string Address { get; private set; } = "";

        public static async Task<Collector> Start()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var collector = new Collector(app);
            app.Run(collector.Take);
            await app.StartAsync();
            collector.Address = app.Urls.First();
            return collector;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task Take(HttpContext http)
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            Assert.Equal("application/x-protobuf", http.Request.ContentType);
            Received.AddOrUpdate(http.Request.Path, Encoding.UTF8.GetString(body.ToArray()), (_, before) => before + Encoding.UTF8.GetString(body.ToArray()));
        }
    }
}
