using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Tests.Identity;
using Alur.Platform.Web;
using Alur.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Web;

/// <summary>A server behind a proxy on this machine, as the settings say, with limits that a test can use up.</summary>
public sealed class RateLimitTests(RateLimitTests.Narrow narrow) : IClassFixture<RateLimitTests.Narrow>
{
    private const int PerName = 4;
    private const int PerAddress = 5;
    private const int PerCaller = 12;

    private static int _machines;

    private readonly AlurApp _app = narrow.App;

    [Fact]
    public async Task One_name_is_tried_so_often_in_a_minute_whoever_tries_it_and_rightly_or_not()
    {
        var (email, other) = (await NewUser(), await NewUser());
        for (var i = 0; i < PerName; i++)
        {
            await Refusal.Of(LogIn(Machine(), email.ToUpperInvariant(), "wrong"), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
        }

        await IsTooMuch(LogIn(Machine(), email, AlurApp.Password));
        Assert.Equal(HttpStatusCode.OK, (await LogIn(Machine(), other, AlurApp.Password)).StatusCode);
    }

    [Fact]
    public async Task A_name_without_an_account_is_counted_like_one_with()
    {
        for (var i = 0; i < PerName; i++) await Refusal.Of(LogIn(Machine(), "nobody@rs-contoh.id", "x"), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");

        await IsTooMuch(LogIn(Machine(), "nobody@rs-contoh.id", "x"));
    }

    [Fact]
    public async Task A_name_that_strangers_try_without_end_is_not_shut_to_the_browser_of_its_holder()
    {
        var email = await NewUser();
        using var browser = Machine();
        Task<HttpResponseMessage> Enter(HttpClient client) => client.PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password });
        using var entered = (await Enter(browser)).EnsureSuccessStatusCode();
        browser.DefaultRequestHeaders.Add("Cookie", entered.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0])); // marked Secure, and this is no TLS
        for (var i = 1; i < PerName; i++) await LogIn(Machine(), email, "wrong");
        await IsTooMuch(Enter(Machine()));

        (await Enter(browser)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task One_address_tries_so_often_in_a_minute_whatever_it_tries()
    {
        var client = Machine();
        await LogIn(client, "a@rs-contoh.id", "x");
        await LogIn(client, "b@rs-contoh.id", "x");
        await client.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = "x" });
        await client.PostAsync("/setup/nothing", new FormUrlEncodedContent([new("password", "x")]));
        await client.PostAsync("/api/auth/second-factor", content: null);

        await IsTooMuch(LogIn(client, "c@rs-contoh.id", "x"));
        await IsTooMuch(client.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = "x" }));
        await IsTooMuch(client.PostAsync("/setup/nothing", new FormUrlEncodedContent([new("password", "x")])));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/.well-known/jwks.json")).StatusCode);
        await Refusal.Of(LogIn(Machine(), "c@rs-contoh.id", "x"), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
    }

    [Fact]
    public async Task What_a_caller_writes_before_the_proxys_own_word_gives_it_no_new_address()
    {
        for (var i = 0; i < PerAddress; i++) await LogIn(Machine($"203.0.113.{i}, 198.51.100.200"), $"{i}@rs-contoh.id", "x");

        await IsTooMuch(LogIn(Machine("203.0.113.99, 198.51.100.200"), "z@rs-contoh.id", "x"));
        await IsTooMuch(LogIn(Machine("198.51.100.200, 127.0.0.1"), "z@rs-contoh.id", "x")); // a proxy behind a proxy
    }

    [Fact]
    public async Task Codes_of_a_phone_are_not_tried_without_end()
    {
        using var client = await SignedIn();
        (await client.PostAsJsonAsync("/api/auth/second-factor", new { current_password = AlurApp.Password })).EnsureSuccessStatusCode();
        client.DefaultRequestHeaders.Remove("X-Forwarded-For");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "2001:db8:7::1"); // elsewhere: the account is what counts
        for (var i = 0; i < PerName; i++)
        {
            await Refusal.Of(client.PostAsJsonAsync("/api/auth/second-factor/confirm", new { code = "nonsense" }), HttpStatusCode.BadRequest, "CODE_WRONG");
        }

        await IsTooMuch(client.PostAsJsonAsync("/api/auth/second-factor/confirm", new { code = "nonsense" }));
    }

    [Fact]
    public async Task A_link_is_tried_so_often_in_a_minute()
    {
        var link = (await NewLink($"{Guid.NewGuid():N}@rs-contoh.id")).Path;
        Task<HttpResponseMessage> Submit() => Machine().PostAsync(link, new FormUrlEncodedContent([new("password", "short"), new("again", "short")]));
        for (var i = 0; i < PerName; i++) Assert.Equal(HttpStatusCode.BadRequest, (await Submit()).StatusCode);

        using var refused = await Submit();

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode); // a page, because people see it
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
    }

    [Fact]
    [Trait("Spec", "D-548")]
    public async Task A_caller_gets_so_many_requests_in_a_minute_from_wherever_and_others_are_not_concerned()
    {
        using var busy = await SignedIn();
        for (var i = 0; i < PerCaller; i++) Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/api/antrean/sites")).StatusCode);

        await IsTooMuch(busy.GetAsync("/api/antrean/sites"));
        await IsTooMuch(busy.GetAsync("/api/auth/me"));
        await IsTooMuch(busy.GetAsync("/no/such/address"));
        Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/health/ready")).StatusCode);
        using var other = await SignedIn();
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/antrean/sites")).StatusCode);
    }

    [Fact]
    public async Task Strangers_are_counted_by_where_they_come_from_and_refusals_count_too()
    {
        var stranger = Machine();
        for (var i = 0; i < PerCaller; i++) await Refusal.Of(stranger.GetAsync("/api/antrean/sites"), HttpStatusCode.Unauthorized, "API_KEY_REQUIRED");

        await IsTooMuch(stranger.GetAsync("/api/antrean/sites"));
        await Refusal.Of(Machine().GetAsync("/api/antrean/sites"), HttpStatusCode.Unauthorized, "API_KEY_REQUIRED");
    }

    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7")]
    [InlineData("::ffff:10.0.0.7", "10.0.0.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::9", "2001:db8:1:2::/64")]
    [InlineData("::1", "::1")]
    public void A_caller_is_no_other_because_it_has_many_addresses(string address, string origin)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(address);

        Assert.Equal(origin, http.Origin());
    }

    [Theory]
    [InlineData("127.0.0.1", true), InlineData("10.0.0.0/8", true), InlineData("2001:db8::/32", true), InlineData("::1", true)]
    [InlineData("proxy.local", false), InlineData("10.0.0.0/33", false), InlineData("", false)]
    public void A_proxy_is_an_address_or_a_network(string proxy, bool taken)
    {
        var result = new ValidateProxies().Validate(name: null, new WebOptions { Proxies = ["10.1.1.1", proxy] });

        Assert.Equal(taken, result.Succeeded);
        Assert.True(taken || result.FailureMessage!.StartsWith("Web:Proxies:1 must be an address", StringComparison.Ordinal), result.FailureMessage);
    }

    private async Task<SetUpLink> NewLink(string email) =>
        (await _app.Services.GetRequiredService<AddUser>().Run(new NewUser(email, "Siti", Role: Policies.Client, Grants: ["front-office"]), AuditOrigin.System, default)).Value;

    // Not over HTTP, which counts.
    private async Task<string> NewUser()
    {
        var email = $"{Guid.NewGuid():N}@rs-contoh.id";
        var secret = AccountDesk.SecretOf(await NewLink(email));
        Assert.True((await _app.Services.GetRequiredService<UseSetUpLink>().Run(secret, AlurApp.Password, email: null, name: null, AuditOrigin.System, default)).Ok);
        return email;
    }

    private async Task<HttpClient> SignedIn()
    {
        var client = Machine();
        var tokens = JsonNode.Parse(await (await LogIn(client, await NewUser(), AlurApp.Password)).Content.ReadAsStringAsync())!["data"]!;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string?)tokens["access_token"]);
        return client;
    }

    private HttpClient Machine(string? address = null)
    {
        var client = _app.AsStranger();
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address ?? $"198.51.100.{Interlocked.Increment(ref _machines)}");
        return client;
    }

    private static Task<HttpResponseMessage> LogIn(HttpClient client, string email, string password) =>
        client.PostAsJsonAsync("/api/auth/login", new { email, password, session = "token" });

    private static async Task IsTooMuch(Task<HttpResponseMessage> answer)
    {
        using var refused = await answer;
        await Refusal.Of(Task.FromResult(refused), HttpStatusCode.TooManyRequests, "TOO_MANY_REQUESTS");
        Assert.Equal("5", refused.Headers.RetryAfter?.ToString());
    }

    public sealed class Narrow : IAsyncLifetime
    {
        public AlurApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await AlurApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Web:Proxies:0"] = "127.0.0.0/8",
            ["Web:RequestsPerMinute"] = $"{PerCaller}",
            ["Identity:TriesPerName"] = $"{PerName}",
            ["Identity:TriesPerAddress"] = $"{PerAddress}",
        });

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
