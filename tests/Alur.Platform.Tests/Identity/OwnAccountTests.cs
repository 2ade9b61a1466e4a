using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Platform.Tests.Audit;
using Alur.Testing;

namespace Alur.Platform.Tests.Identity;

/// <summary>What somebody who is signed in does about their own account.</summary>
public sealed class OwnAccountTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Next = "gerimis di kaca jendela";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    [Trait("Spec", "D-183"), Trait("Spec", "D-552")]
    public async Task A_changed_password_ends_every_other_session_and_unused_links_and_is_in_the_audit()
    {
        var email = await _app.NewUser(Policies.Client);
        var (here, browser, program) = (await Enter(email), await Enter(email), await Enter(email, "token"));
        var link = await Data(await _app.AsAdmin().PostAsJsonAsync($"/api/admin/users/{email}/reset", new { }));

        Assert.Equal(2, (int)(await Data(await Change(here, AlurApp.Password, Next)))["sessions_ended"]!);

        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/api/auth/me")).StatusCode);
        await Refusal.Of(browser.GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
        await Refusal.Of(program.GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized, "TOKEN_REFUSED");
        Assert.Equal(HttpStatusCode.NotFound, (await _app.AsStranger().GetAsync((string?)link["path"])).StatusCode);
        await Refusal.Of(LogIn(email, AlurApp.Password), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
        Assert.Equal(HttpStatusCode.OK, (await LogIn(email, Next)).StatusCode);
        var id = (string)(await Data(await here.GetAsync("/api/auth/me")))["id"]!;
        var entry = Assert.Single(await _app.AdminWalk($"/api/admin/audit?resource=users&resource_id={id}&user_id={id}"), e => e["new_values"]!["sessions_ended"] is not null);
        Assert.Equal("UPDATE [redacted] 2 127.0.0.1", $"{entry["action"]} {entry["new_values"]!["password"]} {entry["new_values"]!["sessions_ended"]} {entry["ip_address"]}");
    }

    [Fact]
    public async Task The_present_password_is_asked_for_and_wrong_ones_lock_as_at_a_sign_in()
    {
        var email = await _app.NewUser(Policies.Client);
        var here = await Enter(email);
        for (var n = 0; n < 5; n++)
        {
            await Refusal.Of(Change(here, "wrong", Next), HttpStatusCode.BadRequest, "PASSWORD_WRONG", "current_password");
        }

        await Refusal.Of(Change(here, AlurApp.Password, Next), HttpStatusCode.BadRequest, "PASSWORD_WRONG", "current_password");
        var id = (string)(await Data(await here.GetAsync("/api/auth/me")))["id"]!;
        var tried = await _app.AdminWalk($"/api/admin/audit?resource=sign_ins&resource_id={id}");
        Assert.Contains(tried, e => e["new_values"]!["device_locked_until"] is not null && (string?)e["performed_by"] == $"user:{id}");
    }

    [Fact]
    public async Task A_phone_is_bound_by_whoever_has_the_password_and_not_by_whoever_sits_at_a_forgotten_screen()
    {
        var here = await Enter(await _app.NewUser(Policies.Client));
        var id = (string)(await Data(await here.GetAsync("/api/auth/me")))["id"]!;

        await Refusal.Of(Begin(here, new { }), HttpStatusCode.BadRequest, "PASSWORD_WRONG", "current_password");
        await Refusal.Of(Begin(here, new { current_password = "wrong" }), HttpStatusCode.BadRequest, "PASSWORD_WRONG", "current_password");
        Assert.Equal(["t 2"], await _app.Database.Column($"select concat_ws(' ', s.totp_secret is null, d.tries) from identity.sign_ins s join identity.known_devices d using (user_id) where user_id = '{id}'"));
        Assert.DoesNotContain(await _app.AdminWalk($"/api/admin/audit?resource=users&resource_id={id}"), e => e["new_values"]!["second_factor_begun"] is not null);

        await Data(await Begin(here, new { current_password = AlurApp.Password }));
        Assert.Equal(["f 0"], await _app.Database.Column($"select concat_ws(' ', s.totp_secret is null, d.tries) from identity.sign_ins s join identity.known_devices d using (user_id) where user_id = '{id}'"));
        var told = Assert.Single(await _app.AdminWalk($"/api/admin/audit?resource=users&resource_id={id}"), e => e["new_values"]!["second_factor_begun"] is not null);
        Assert.Equal($"user:{id}", (string?)told["performed_by"]);
    }

    [Fact]
    public async Task Passwords_that_are_guessed_where_a_phone_is_bound_lock_as_at_a_sign_in()
    {
        var email = await _app.NewUser(Policies.Client);
        var here = await Enter(email);
        for (var n = 0; n < 5; n++) await Refusal.Of(Begin(here, new { current_password = "wrong" }), HttpStatusCode.BadRequest, "PASSWORD_WRONG");

        await Refusal.Of(Begin(here, new { current_password = AlurApp.Password }), HttpStatusCode.BadRequest, "PASSWORD_WRONG");
        await Refusal.Of(here.PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password }), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
    }

    [Fact]
    public async Task A_new_password_keeps_the_rules_and_a_refused_one_changes_nothing()
    {
        var email = await _app.NewUser(Policies.Client);
        var (here, other) = (await Enter(email), await Enter(email));

        await Refusal.Of(Change(here, AlurApp.Password, "short"), HttpStatusCode.BadRequest, "PASSWORD_TOO_SHORT", "password");
        await Refusal.Of(Change(here, AlurApp.Password, new string('x', 73)), HttpStatusCode.BadRequest, "PASSWORD_TOO_LONG", "password");
        await Refusal.Of(Change(here, AlurApp.Password, email), HttpStatusCode.BadRequest, "PASSWORD_TOO_COMMON", "password");
        await Refusal.Of(here.PostAsJsonAsync("/api/auth/password", new { }), HttpStatusCode.BadRequest, "PASSWORD_TOO_SHORT");

        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/auth/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await LogIn(email, AlurApp.Password)).StatusCode);
    }

    [Fact]
    public async Task Of_two_who_change_it_at_once_with_the_same_password_one_does()
    {
        var email = await _app.NewUser(Policies.Client);
        var (one, other) = (await Enter(email), await Enter(email));

        using var first = await Task.WhenAny(Change(one, AlurApp.Password, Next), Change(other, AlurApp.Password, Next + " lagi")).Unwrap();
        await Eventually.True(async () => (await one.GetAsync("/api/auth/me")).IsSuccessStatusCode != (await other.GetAsync("/api/auth/me")).IsSuccessStatusCode);

        var works = await Task.WhenAll(LogIn(email, Next), LogIn(email, Next + " lagi"));
        Assert.Single(works, answer => answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Somebody_sees_where_they_are_signed_in_and_signs_out_there()
    {
        var email = await _app.NewUser(Policies.Client);
        var (here, phone, program) = (await Enter(email), await Enter(email, agent: "Phone/1"), await Enter(email, "token"));
        await Enter(await _app.NewUser(Policies.Client)); // somebody else's is not seen

        var seen = (await Data(await here.GetAsync("/api/auth/sessions"))).AsArray().Select(s => s!).ToList();
        Assert.Equal(["cookie ", "cookie Phone/1", "token "], seen.Select(s => $"{s["kind"]} {s["user_agent"]}").Order(StringComparer.Ordinal));
        Assert.Equal("127.0.0.1", (string?)Assert.Single(seen, s => (bool)s["current"]!)["ip_address"]);
        var phones = (string)seen.Single(s => (string?)s["user_agent"] == "Phone/1")["id"]!;

        Assert.Equal(1, (int)(await Data(await here.PostAsync($"/api/auth/sessions/{phones}/end", null)))["ended"]!);
        await Refusal.Of(phone.GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
        await Refusal.Of(here.PostAsync($"/api/auth/sessions/{phones}/end", null), HttpStatusCode.NotFound, "SESSION_NOT_FOUND");
        Assert.Equal(1, (int)(await Data(await here.PostAsync("/api/auth/sessions/end", null)))["ended"]!);
        await Refusal.Of(program.GetAsync("/api/auth/me"), HttpStatusCode.Unauthorized, "TOKEN_REFUSED");
        Assert.True((bool)Assert.Single((await Data(await here.GetAsync("/api/auth/sessions"))).AsArray())!["current"]!);
        Assert.Equal(
            "LOGOUT", (string?)Assert.Single(await _app.AdminWalk($"/api/admin/audit?resource=sessions&resource_id={phones}&action=LOGOUT"))["action"]);
    }

    [Fact]
    public async Task Nobody_ends_a_session_of_somebody_else()
    {
        var (mine, theirs) = (await Enter(await _app.NewUser(Policies.Admin)), await Enter(await _app.NewUser(Policies.Client)));
        var id = (string)(await Data(await theirs.GetAsync("/api/auth/sessions")))[0]!["id"]!;

        await Refusal.Of(mine.PostAsync($"/api/auth/sessions/{id}/end", null), HttpStatusCode.NotFound, "SESSION_NOT_FOUND");
        await Refusal.Of(mine.PostAsync("/api/auth/sessions/nonsense/end", null), HttpStatusCode.NotFound, "SESSION_NOT_FOUND");
        Assert.Equal(HttpStatusCode.OK, (await theirs.GetAsync("/api/auth/me")).StatusCode);
    }

    private static Task<HttpResponseMessage> Change(HttpClient client, string current, string chosen) =>
        client.PostAsJsonAsync("/api/auth/password", new { current_password = current, new_password = chosen });

    private static Task<HttpResponseMessage> Begin(HttpClient client, object body) => client.PostAsJsonAsync("/api/auth/second-factor", body);

    private Task<HttpResponseMessage> LogIn(string email, string password) => _app.AsStranger().PostAsJsonAsync("/api/auth/login", new { email, password });

    private async Task<HttpClient> Enter(string email, string session = "cookie", string? agent = null)
    {
        var client = _app.AsStranger();
        if (agent is not null) client.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
        using var answer = await client.PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password, session });
        var token = (string?)(await Data(answer))["access_token"];
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client; // it keeps its own cookie
    }

    private static async Task<JsonNode> Data(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}
