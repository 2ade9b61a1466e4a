using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Testing;

namespace Alur.Platform.Tests.Identity;

public sealed class IfMatchTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Theory]
    [InlineData("role", """{"role":"admin"}"""), InlineData("grants", """{"grants":["integration"]}"""), InlineData("disable", "{}"), InlineData("enable", "{}")]
    public async Task A_change_over_somebody_elses_is_refused_and_changes_nothing(string what, string body)
    {
        var email = await _app.NewUser(Policies.Client, "front-office");
        var seen = await ETag(email);
        await Change(email, "grants", """{"grants":["front-office","integration"]}"""); // somebody else
        var before = await Read(email);

        await Refusal.Of(Change(email, what, body, seen), HttpStatusCode.PreconditionFailed, "STALE", "if-match");

        Assert.Equal(before.ToJsonString(), (await Read(email)).ToJsonString());
        Assert.Equal(HttpStatusCode.OK, (await Change(email, what, body, await ETag(email))).StatusCode);
    }

    [Fact]
    public async Task Every_change_makes_a_new_version_and_what_administrators_do_not_change_makes_none()
    {
        var email = await _app.NewUser(Policies.Client, "front-office");
        List<string> tags = [await ETag(email)];
        foreach (var (what, body) in new[] { ("role", """{"role":"admin"}"""), ("grants", """{"grants":[]}"""), ("disable", "{}") })
        {
            Assert.Equal(HttpStatusCode.OK, (await Change(email, what, body, tags[^1])).StatusCode);
            tags.Add(await ETag(email));
        }

        Assert.Distinct(tags);
        await Change(email, "enable", "{}", "*");
        var open = await ETag(email);
        (await _app.AsStranger().PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password })).EnsureSuccessStatusCode();
        Assert.Equal(open, await ETag(email));
        Assert.Equal(open, $"\"{(await Users()).Single(user => (string?)user["email"] == email)["version"]}\"");
    }

    [Fact]
    public async Task Of_many_changes_of_one_version_at_the_same_moment_one_is_made()
    {
        var email = await _app.NewUser(Policies.Client);
        var seen = await ETag(email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            Change(email, "grants", i % 2 == 0 ? """{"grants":["front-office"]}""" : """{"grants":["integration"]}""", seen))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Theory]
    [InlineData("role", "role=admin"), InlineData("grants", "grants=integration"), InlineData("disable", ""), InlineData("enable", "")]
    public async Task Of_two_admins_at_the_page_of_an_account_the_later_writes_over_nothing(string what, string fields)
    {
        var email = await _app.NewUser(Policies.Client, "front-office");
        using var admin = await _app.AsReader(Policies.Admin);
        var page = await admin.GetStringAsync($"/admin/users/{email}");
        Assert.Equal(3, page.Split($"name=\"seen\" value=\"{(string)(await Read(email))["version"]!}\"").Length - 1);
        await Change(email, "grants", """{"grants":["front-office","integration"]}"""); // somebody else
        var before = await Read(email);

        Assert.Contains("mengubahnya sejak Anda membukanya", await Send($"{fields}&do={what}&seen=" + Version(page)), StringComparison.Ordinal);

        Assert.Equal(before.ToJsonString(), (await Read(email)).ToJsonString());
        Assert.DoesNotContain("mengubahnya sejak", await Send($"{fields}&do={what}&seen={(string)before["version"]!}"), StringComparison.Ordinal);

        async Task<string> Send(string form)
        {
            using var content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
            Assert.Equal(HttpStatusCode.SeeOther, (await admin.PostAsync($"/admin/users/{email}", content)).StatusCode);
            return await admin.GetStringAsync($"/admin/users/{email}");
        }

        static string Version(string page) => page.Split("name=\"seen\" value=\"")[1].Split('"')[0];
    }

    [Fact]
    public async Task One_of_several_versions_will_do_and_nonsense_will_not()
    {
        var email = await _app.NewUser(Policies.Client);

        Assert.Equal(HttpStatusCode.OK, (await Change(email, "enable", "{}", $"\"other\", {await ETag(email)}")).StatusCode);
        await Refusal.Of(Change(email, "enable", "{}", "W/" + await ETag(email)), HttpStatusCode.BadRequest, "IF_MATCH_INVALID", "if-match");
        await Refusal.Of(Change(email, "enable", "{}", "without-quotes"), HttpStatusCode.BadRequest, "IF_MATCH_INVALID", "if-match");
        await Refusal.Of(Change("nobody@rs-contoh.id", "enable", "{}", "\"x\""), HttpStatusCode.NotFound, "USER_NOT_FOUND");
        await Refusal.Of(_app.AsAdmin().GetAsync("/api/admin/users/nobody@rs-contoh.id"), HttpStatusCode.NotFound, "USER_NOT_FOUND");
    }

    private async Task<IEnumerable<JsonNode>> Users() => JsonNode.Parse(await _app.AsAdmin().GetStringAsync("/api/admin/users"))!["data"]!.AsArray().Select(user => user!);

    private async Task<JsonNode> Read(string email) => JsonNode.Parse(await _app.AsAdmin().GetStringAsync($"/api/admin/users/{email}"))!["data"]!;

    private async Task<string> ETag(string email) => (await _app.AsAdmin().GetAsync($"/api/admin/users/{email}")).Headers.ETag!.ToString();

    private async Task<HttpResponseMessage> Change(string email, string what, string body, string? seen = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/admin/users/{email}/{what}") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (seen is not null) request.Headers.TryAddWithoutValidation("If-Match", seen);
        return await _app.AsAdmin().SendAsync(request);
    }
}
