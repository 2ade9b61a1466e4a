using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Web;
using Alur.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Identity;

/// <summary>docs/accounts.md declares who may call what, in one table. Here every address meets every kind of caller.</summary>
[Trait("Spec", "D-457"), Trait("Spec", "X-018")]
public sealed partial class RouteAccessTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly AlurApp _app = fixture.App;

    /// <summary>Who is let in, by the word of the table.</summary>
    private static readonly Dictionary<string, string[]> LetsIn = new(StringComparer.Ordinal)
    {
        ["everybody"] = ["stranger", "revoked key", "client", "front-office", "integration", "front-office key", "key", "admin"],
        ["everybody known"] = ["client", "front-office", "integration", "front-office key", "key", "admin"],
        ["accounts"] = ["client", "front-office", "integration", "admin"],
        ["`front-office`"] = ["front-office", "front-office key", "key", "admin"],
        ["`integration`"] = ["integration", "key", "admin"],
        ["`admin`"] = ["admin"],
    };

    private IReadOnlyList<(string Address, RouteEndpoint Endpoint)> Served =>
    [
        .. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"], (e, method) => ($"{method} /{e.RoutePattern.RawText!.Trim('/')}", e)),
    ];

    [Fact]
    public void The_table_has_exactly_the_addresses_that_the_server_has() =>
        Assert.Equal(Served.Select(route => route.Address).Order(StringComparer.Ordinal), Declared().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_address_says_itself_who_may_call_it_instead_of_leaving_it_to_the_default() =>
        Assert.Empty(Served.Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && route.Endpoint.Metadata.GetMetadata<IAuthorizeData>() is null)
            .Select(route => route.Address));

    [Fact]
    public async Task Every_caller_is_let_in_where_the_table_says_and_nowhere_else()
    {
        var declared = Declared();
        List<string> wrong = [];
        foreach (var (caller, client) in await Callers())
        {
            // Signing out comes last: it ends the caller's own session.
            foreach (var (address, who) in declared.OrderBy(row => row.Key.EndsWith("/logout", StringComparison.Ordinal)))
            {
                var expected = LetsIn[who].Contains(caller, StringComparer.Ordinal) ? "in" : caller is "stranger" or "revoked key" ? "unknown" : "not allowed";
                var met = await Meet(client, address);
                if (met != expected)
                {
                    wrong.Add($"{address} for {caller}: {met}, but the table means {expected}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.All(LetsIn.Keys, who => Assert.Contains(who, declared.Values));
    }

    [Theory]
    [InlineData("/no/such/address")]
    [InlineData("/api/antrean/no-such-address")]
    public async Task What_is_not_there_is_refused_to_strangers_like_everything(string path) =>
        await Refusal.Of(_app.AsStranger().GetAsync(path), HttpStatusCode.Unauthorized, "API_KEY_REQUIRED");

    private async Task<IReadOnlyList<(string Caller, HttpClient Client)>> Callers()
    {
        var keys = _app.Services.GetRequiredService<ApiKeys>();
        var revoked = (await keys.Create("revoked", default)).Value;
        await keys.Revoke("revoked", AuditOrigin.System, default);
        return
        [
            ("stranger", _app.AsStranger()),
            ("revoked key", WithKey(revoked)),
            ("client", await _app.AsUser(Policies.Client)),
            ("front-office", await _app.AsUser(Policies.Client, "front-office")),
            ("integration", await _app.AsUser(Policies.Client, "integration")),
            ("front-office key", WithKey((await keys.Create("desk", ["front-office"], AuditOrigin.System, default)).Value)),
            ("key", _app.AsApiCaller()),
            ("admin", await _app.AsUser(Policies.Admin)),
        ];
    }

    private HttpClient WithKey(string key)
    {
        var client = _app.AsStranger();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    // A refusal of what was asked is being let in: only who asked is looked at.
    private static async Task<string> Meet(HttpClient client, string address)
    {
        var (method, path) = (address.Split(' ')[0], Parameter().Replace(address.Split(' ')[1], "1"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = method == "GET" ? null : new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True((int)answer.StatusCode < 500, $"{address}: {answer.StatusCode}");
        var code = answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"] : null;
        return ((int)answer.StatusCode, code) switch
        {
            _ when answer.RequestMessage!.RequestUri != new Uri(client.BaseAddress!, path) => "in", // led on, to where the client's token is not sent
            (401, "API_KEY_REQUIRED" or "API_KEY_INVALID" or "TOKEN_REFUSED" or "SESSION_ENDED") => "unknown",
            (403, "NOT_ALLOWED") => "not allowed",
            _ => "in",
        };
    }

    private static Dictionary<string, string> Declared() => Row().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs/accounts.md")))
        .ToDictionary(row => row.Groups["address"].Value, row => row.Groups["who"].Value, StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(?<address>[A-Z]+ /[^`]*)` \| (?<who>[^|]+?) \|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
