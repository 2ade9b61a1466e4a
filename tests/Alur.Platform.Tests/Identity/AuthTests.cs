using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Tests.Identity;

[Trait("Spec", "D-485")]
public sealed class AuthTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string AuditSql = """
        select a.action || ' ' || a.actor_role || ' ' || a.ip_address || ' ' || a.user_agent || ' ' || (a.user_id = u.id)
        from audit.audit_logs a join identity.users u on a.performed_by = 'user:' || u.id
        where a.resource = 'sessions' and u.email = @email order by a.timestamp
        """;

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task A_person_signs_in_with_a_cookie_that_no_script_reads_and_out_again()
    {
        using var client = _app.AsStranger();
        var email = await _app.NewUser(Policies.Client, "front-office");
        using var entered = await LogIn(client, email);

        var cookie = entered.Headers.GetValues("Set-Cookie").First();
        Assert.Matches("^alur_session=[A-Za-z0-9_-]{43}; expires=[^;]+; path=/; samesite=lax; httponly$", cookie);
        Assert.DoesNotContain("token", await entered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var me = await Data(await With(client, cookie).GetAsync("/api/auth/me"));
        Assert.Equal(("user", "Siti", "client", "front-office"), ((string?)me["kind"], (string?)me["name"], (string?)me["role"], (string?)me["grants"]![0]));

        using var left = await With(client, cookie).PostAsync("/api/auth/logout", null);
        Assert.True((bool)(await Data(left))["signed_out"]!);
        Assert.Contains("expires=Thu, 01 Jan 1970", left.Headers.GetValues("Set-Cookie").First(), StringComparison.Ordinal);
        await Refusal.Of(With(client, cookie).GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
    }

    [Fact]
    [Trait("Spec", "D-185"), Trait("Spec", "D-186")]
    public async Task Signing_in_and_out_is_in_the_audit_and_a_refusal_is_not_taken_for_one()
    {
        using var client = _app.AsStranger();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Browser/1");
        var email = await _app.NewUser(Policies.Client);
        await client.PostAsJsonAsync("/api/auth/login", new { email, password = "wrong" });
        var cookie = (await LogIn(client, email)).Headers.GetValues("Set-Cookie").First();
        await With(client, cookie).PostAsync("/api/auth/logout", null);

        Assert.Equal(
            ["LOGIN client 127.0.0.1 Browser/1 true", "LOGOUT client 127.0.0.1 Browser/1 true"],
            await _app.Database.App.Statement(AuditSql, ("email", email)).Rows(r => r.GetString(0), default));
    }

    [Fact]
    public async Task A_program_signs_in_with_tokens_refreshes_them_and_signs_out()
    {
        using var client = _app.AsStranger();
        var first = await Data(await LogIn(client, await _app.NewUser(Policies.Client), "token"));
        Assert.Equal(("Bearer", 600), ((string?)first["token_type"], (int)first["expires_in"]!));
        Assert.Equal("Siti", (string?)(await Data(await With(client, first).GetAsync("/api/auth/me")))["name"]);

        var second = await Data(await client.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = (string?)first["refresh_token"] }));
        await Refusal.Of(client.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = "nonsense" }), HttpStatusCode.Unauthorized, "REFRESH_REFUSED");

        await Data(await With(client, second).PostAsync("/api/auth/logout", null));
        await Refusal.Of(With(client, second).GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized, "TOKEN_REFUSED");
        await Refusal.Of(With(client, first).GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized, "TOKEN_REFUSED");
        await Refusal.Of(client.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = (string?)second["refresh_token"] }), HttpStatusCode.Unauthorized, "REFRESH_REFUSED");
    }

    [Fact]
    public async Task A_copied_refresh_token_takes_the_access_token_with_it()
    {
        using var client = _app.AsStranger();
        var first = await Data(await LogIn(client, await _app.NewUser(Policies.Client), "token"));
        var second = await Data(await client.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = (string?)first["refresh_token"] }));

        await Refusal.Of(client.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = (string?)first["refresh_token"] }), HttpStatusCode.Unauthorized, "REFRESH_REFUSED");

        await Refusal.Of(With(client, second).GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized, "TOKEN_REFUSED");
    }

    [Fact]
    public async Task A_wrong_password_is_refused_in_the_one_form()
    {
        using var client = _app.AsStranger();

        await Refusal.Of(client.PostAsJsonAsync("/api/auth/login", new { email = await _app.NewUser(Policies.Client), password = "wrong" }), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
        await Refusal.Of(client.PostAsJsonAsync("/api/auth/login", new { }), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
        await Refusal.Of(client.PostAsJsonAsync("/api/auth/login", new { session = "forever" }), HttpStatusCode.BadRequest, "SESSION_KIND_UNKNOWN", "session");
        await Refusal.Of(client.PostAsJsonAsync("/api/auth/login", new { user = "x" }), HttpStatusCode.BadRequest, "UNKNOWN_FIELD", "user");
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task A_page_of_another_site_cannot_change_anything_with_somebodys_cookie(string header, string value)
    {
        using var client = _app.AsStranger();
        var cookie = (await LogIn(client, await _app.NewUser(Policies.Client))).Headers.GetValues("Set-Cookie").First();
        client.DefaultRequestHeaders.Add(header, value);

        await Refusal.Of(With(client, cookie).PostAsync("/api/auth/logout", null), HttpStatusCode.Forbidden, "CROSS_SITE");
        Assert.Equal(HttpStatusCode.OK, (await With(client, cookie).GetAsync("/api/auth/me")).StatusCode);
    }

    [Fact]
    public async Task No_page_of_another_site_signs_a_browser_in()
    {
        var email = await _app.NewUser(Policies.Client);
        foreach (var (header, value) in new[] { ("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site") })
        {
            using var client = _app.AsStranger();
            client.DefaultRequestHeaders.Add(header, value);
            using var answer = await LogIn(client, email);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            await Refusal.Of(Task.FromResult(answer), HttpStatusCode.Forbidden, "CROSS_SITE");
        }
    }

    [Fact]
    public async Task A_page_of_ours_can()
    {
        using var client = _app.AsStranger();
        var cookie = (await LogIn(client, await _app.NewUser(Policies.Client))).Headers.GetValues("Set-Cookie").First();
        client.DefaultRequestHeaders.Add("Origin", _app.Address.ToString().TrimEnd('/'));

        Assert.True((bool)(await Data(await With(client, cookie).PostAsync("/api/auth/logout", null)))["signed_out"]!);
    }

    [Fact]
    public async Task A_second_factor_begins_with_its_first_right_code()
    {
        using var client = await _app.AsUser(Policies.Client);
        var offer = await Data(await client.PostAsJsonAsync("/api/auth/second-factor", new { current_password = AlurApp.Password }));
        Assert.Matches("^otpauth://totp/Alur:[0-9a-f]{32}%40rs-contoh.id\\?secret=[A-Z2-7]{32}&issuer=Alur$", (string?)offer["uri"]);
        await Refusal.Of(client.PostAsJsonAsync("/api/auth/second-factor/confirm", new { code = "nonsense" }), HttpStatusCode.BadRequest, "CODE_WRONG", "code");

        var code = Totp.Code(FromBase32((string)offer["secret"]!), DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30);
        Assert.True((bool)(await Data(await client.PostAsJsonAsync("/api/auth/second-factor/confirm", new { code })))["second_factor"]!);

        await Refusal.Of(client.PostAsJsonAsync("/api/auth/second-factor", new { current_password = AlurApp.Password }), HttpStatusCode.Conflict, "SECOND_FACTOR_IS_ON");
        await Refusal.Of(client.PostAsJsonAsync("/api/auth/second-factor/confirm", new { code }), HttpStatusCode.Conflict, "SECOND_FACTOR_IS_ON");
    }

    [Fact]
    public async Task An_api_key_knows_itself_has_no_session_and_no_phone()
    {
        using var client = _app.AsApiCaller();
        var me = await Data(await client.GetAsync("/api/auth/me"));

        Assert.Equal(("api-key", "test"), ((string?)me["kind"], (string?)me["id"]));
        Assert.False((bool)(await Data(await client.PostAsync("/api/auth/logout", null)))["signed_out"]!);
    }

    [Theory]
    [InlineData("10.0.0.7", "http", null, false)]
    [InlineData("10.0.0.7", "http", "http", false)]
    [InlineData("10.0.0.7", "http", "https", true)]
    [InlineData("10.0.0.7", "https", null, true)]
    [InlineData("127.0.0.1", "http", null, true)]
    [InlineData("::1", "http", null, true)]
    public void A_password_from_another_machine_comes_by_tls(string address, string scheme, string? forwarded, bool taken)
    {
        var http = new DefaultHttpContext();
        (http.Connection.RemoteIpAddress, http.Request.Scheme) = (IPAddress.Parse(address), scheme);
        http.Request.Headers["X-Forwarded-Proto"] = forwarded;

        Assert.Equal(taken, SessionCookie.MayTravel(http, new IdentityOptions()));
        Assert.True(SessionCookie.MayTravel(http, new IdentityOptions { AllowPlainHttp = true }));
    }

    [Fact]
    public async Task Behind_tls_the_cookie_is_sent_by_tls_only()
    {
        using var client = _app.AsStranger();
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        Assert.Contains("; secure; samesite=lax; httponly", (await LogIn(client, await _app.NewUser(Policies.Client))).Headers.GetValues("Set-Cookie").First(), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> LogIn(HttpClient client, string email, string? session = null) =>
        client.PostAsJsonAsync("/api/auth/login", new { email = email.ToUpperInvariant(), password = AlurApp.Password, session });

    private static HttpClient With(HttpClient client, string cookie)
    {
        client.DefaultRequestHeaders.Remove("Cookie");
        client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        return client;
    }

    private static HttpClient With(HttpClient client, JsonNode tokens)
    {
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string?)tokens["access_token"]);
        return client;
    }

    private static async Task<JsonNode> Data(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }

    internal static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2))];
    }
}
