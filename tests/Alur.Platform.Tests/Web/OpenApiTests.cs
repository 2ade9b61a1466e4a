using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Web;

/// <summary>What /openapi.json says is what the server does.</summary>
public sealed partial class OpenApiTests(OpenApiTests.Described described) : IClassFixture<OpenApiTests.Described>
{
    private static readonly string[] ForPrograms = ["/api/", "/.well-known/", "/health/", "/metrics"];

    private readonly AlurApp _app = described.App;
    private readonly JsonNode _document = described.Document;

    private IEnumerable<(string Method, string Path, JsonNode Operation)> Operations =>
        from path in _document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (operation.Key.ToUpperInvariant(), path.Key, operation.Value!);

    private IEnumerable<(string Method, string Path, RouteEndpoint Endpoint)> Served =>
        from endpoint in _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
        where ForPrograms.Any(start => path.StartsWith(start, StringComparison.Ordinal))
        select (method, path, endpoint);

    [Fact]
    public void Every_address_for_programs_is_described_and_none_that_is_not_there() => Assert.Equal(
        Served.Select(route => $"{route.Method} {route.Path}").Order(StringComparer.Ordinal), Operations.Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_operation_has_a_name_of_its_own_a_sentence_its_answers_and_who_may_call_it()
    {
        var open = Served.Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(route => (route.Method, route.Path)).ToHashSet();
        Assert.All(Operations, o =>
        {
            Assert.Matches(@"\.$", (string?)o.Operation["summary"] ?? "");
            Assert.Equal(open.Contains((o.Method, o.Path)), o.Operation["security"]?.AsArray() is null or []);
            Assert.Single(o.Operation["responses"]!.AsObject(), response => response.Key is "200" or "202");
            Assert.All(o.Operation["responses"]!.AsObject().Where(r => r.Key[0] == '2'), r => Assert.NotEmpty(r.Value!["content"]!.AsObject()));
            Assert.All(Parameter().Matches(o.Path), name => Assert.Contains(o.Operation["parameters"]!.AsArray(), p => (string?)p!["name"] == name.Groups["name"].Value && (string?)p["in"] == "path"));
        });
        Assert.Distinct(Operations.Select(o => (string?)o.Operation["operationId"]));
    }

    [Fact]
    public void No_description_stands_for_answers_of_two_types() => Assert.Empty(
        from route in Served
        join operation in Operations on (route.Method, route.Path) equals (operation.Method, operation.Path)
        from answer in operation.Operation["responses"]!.AsObject()
        where answer.Key is "200" or "202"
        let name = (string?)answer.Value!["content"]!["application/json"]?["schema"]?["$ref"]
        where name is not null
        group route.Endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Single(given => $"{given.StatusCode}" == answer.Key).Type by name into named
        where named.Distinct().Count() > 1
        select $"{named.Key}: {string.Join(", ", named.Distinct())}");

    [Fact]
    public void Every_json_answer_is_in_its_envelope() => Assert.All(
        Operations.Where(o => o.Path.StartsWith("/api/", StringComparison.Ordinal) && !o.Path.EndsWith("/export", StringComparison.Ordinal)),
        o =>
        {
            var answer = o.Operation["responses"]!.AsObject().Single(r => r.Key[0] == '2').Value!["content"]!["application/json"]!["schema"]!;
            Assert.Equal(["success", "data", "meta"], new Schema(_document).Resolve(answer)["properties"]!.AsObject().Select(member => member.Key));
        });

    [Theory]
    [InlineData("/api/antrean/visits"), InlineData("/api/antrean/visits/2026%2F01%2F20%2F000001"), InlineData("/api/antrean/visits/2026%2F01%2F20%2F000001/history")]
    [InlineData("/api/antrean/tasks"), InlineData("/api/antrean/queue"), InlineData("/api/antrean/logs"), InlineData("/api/antrean/failures"), InlineData("/api/antrean/sites")]
    [InlineData("/api/antrean/report?date=2026-01-20"), InlineData("/api/antrean/summary"), InlineData("/api/antrean/references"), InlineData("/api/antrean/references/differences")]
    [InlineData("/api/admin/users"), InlineData("/api/admin/audit"), InlineData("/api/admin/resilience"), InlineData("/api/auth/me"), InlineData("/.well-known/jwks.json"), InlineData("/health/ready")]
    [InlineData("/api/antrean/visits?limit=0"), InlineData("/api/antrean/visits?dat=x"), InlineData("/api/antrean/visits/none"), InlineData("/api/antrean/sites?site=x")]
    public async Task A_real_answer_fits_what_is_said_of_it(string address)
    {
        using var answer = await _app.AsAdmin().GetAsync(address);
        var path = Operations.Single(o => o.Method == "GET" && Fits(o.Path, address)).Operation;
        var schemas = new Schema(_document);

        var declared = schemas.Resolve(path["responses"]![$"{(int)answer.StatusCode}"]!)["content"]![answer.Content.Headers.ContentType!.MediaType!]!["schema"]!;
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync());

        Assert.Empty(schemas.Misfits(declared, body));
        Assert.NotEmpty(schemas.Misfits(declared, new JsonObject { ["success"] = "x" })); // the schema says something
    }

    [Theory]
    [InlineData("revalidate"), InlineData("channels/default/resume"), InlineData("queue/999999/requeue")]
    public async Task The_answer_to_a_change_fits_too(string path)
    {
        using var answer = await _app.AsAdmin().PostAsync($"/api/antrean/{path}", content: null);
        var operation = Operations.Single(o => o.Method == "POST" && Fits(o.Path, "/api/antrean/" + path)).Operation;
        var schemas = new Schema(_document);

        var declared = schemas.Resolve(operation["responses"]![$"{(int)answer.StatusCode}"]!)["content"]![answer.Content.Headers.ContentType!.MediaType!]!["schema"]!;

        Assert.Empty(schemas.Misfits(declared, JsonNode.Parse(await answer.Content.ReadAsStringAsync())));
    }

    /// <summary>The codes are read off the code; whoever looks one up finds it.</summary>
    [Fact]
    public void Every_code_that_is_described_is_explained_and_the_other_way_round()
    {
        string[] codes = [.. _document["components"]!["responses"]!.AsObject().SelectMany(r => r.Value!["content"]!["application/problem+json"]!["schema"]!["allOf"]![1]!["properties"]!["code"]!["enum"]!.AsArray()).Select(c => (string)c!)];
        var api = File.ReadAllText(Path.Combine(Checkout.Root, "docs/api.md"));
        var journal = File.ReadAllText(Path.Combine(Checkout.Root, "docs/journal.md"));

        Assert.All(codes, code => Assert.True(api.Contains($"`{code}`", StringComparison.Ordinal) || journal.Contains($"`{code}`", StringComparison.Ordinal), code));
        Assert.All(Row().Matches(api).SelectMany(row => Code().Matches(row.Groups["codes"].Value)), code => Assert.Contains(code.Groups["code"].Value, codes));
    }

    [Fact]
    public async Task The_page_is_served_from_here_without_a_script_of_its_own()
    {
        using var stranger = _app.AsStranger();
        using var page = await stranger.GetAsync("/docs");
        var html = await page.Content.ReadAsStringAsync();

        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("eval", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"<script(?![^>]*\ssrc=)|\son[a-z]+=|https?://", html);
        foreach (var asset in Loaded().Matches(html).Select(asset => asset.Groups["path"].Value))
        {
            using var answer = await stranger.GetAsync(new Uri(new Uri(_app.Address, "/docs/"), asset));
            Assert.True(answer.StatusCode == HttpStatusCode.OK, asset);
        }

        Assert.True(Loaded().Count(html) >= 4, html);
        Assert.Contains("\"/openapi.json\"", await stranger.GetStringAsync("/docs/index.js"), StringComparison.Ordinal);
        await Refusal.Of(stranger.GetAsync("/docs/nothing.js"), HttpStatusCode.NotFound, "ROUTE_NOT_FOUND");
    }

    private static bool Fits(string template, string address) =>
        Regex.IsMatch(address.Split('?')[0], $"^{Parameter().Replace(Regex.Escape(template).Replace(@"\{", "{", StringComparison.Ordinal), "[^/]+")}$", RegexOptions.None, TimeSpan.FromSeconds(1))
        && (template.Contains('{', StringComparison.Ordinal) == !template.Equals(address.Split('?')[0], StringComparison.Ordinal));

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^\| [0-9][^|]*\| (?<codes>[^|]*) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<code>[A-Z_]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("(?:src|href)=\"(?<path>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Loaded();

    public sealed class Described : IAsyncLifetime
    {
        public AlurApp App { get; private set; } = null!;

        public JsonNode Document { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            App = await AlurApp.Start();
            var hospital = await new Hospital(App).Open();
            await hospital.Visit("2026/01/20/000001");
            await hospital.Draft("2026/01/20/000001", "1");
            await hospital.Held("2026/01/20/000001", "4", "TIME_NOT_LATER");
            await hospital.FailedInQueue("2026/01/20/000001", "3", "BPJS says no", "201: bpjs says no");
            await App.NewUser(Policies.Client, "front-office");
            using var answer = await App.AsStranger().GetAsync("/openapi.json");
            Assert.Equal(("application/json", HttpStatusCode.OK), (answer.Content.Headers.ContentType?.MediaType, answer.StatusCode));
            Document = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        }

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
