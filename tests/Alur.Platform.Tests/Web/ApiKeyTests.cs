using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Tests.Audit;
using Alur.Platform.Web;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Web;

public sealed partial class ApiKeyTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string StoredSql = "select count(*) from platform.api_keys k where k::text like '%' || @key || '%'";
    private const string AuditSql = """
        select action || ' ' || coalesce(old_values, new_values)::text from audit.audit_logs where resource = 'api_keys' and resource_id = 'looker' order by timestamp
        """;

    private const string CountSql = "select count(*) from platform.api_keys where name = 'first'";
    private readonly AlurApp _app = fixture.App;

    private ApiKeys Keys => _app.Services.GetRequiredService<ApiKeys>();

    [Theory]
    [InlineData("/api/antrean/sites"), InlineData("/api/antrean/visits/x"), InlineData("/api"), InlineData("/api/unknown"), InlineData("/API/antrean/sites")]
    public async Task Without_a_key_everything_is_refused(string path)
    {
        using var answer = await _app.AsStranger().GetAsync(path);

        await Refusal.Of(Task.FromResult(answer), HttpStatusCode.Unauthorized, "API_KEY_REQUIRED");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory, InlineData("/health/live"), InlineData("/health/ready")]
    public async Task Health_is_open_to_everybody_whatever_key_they_send(string path)
    {
        var client = _app.AsStranger();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);

        client.DefaultRequestHeaders.Add("X-Api-Key", "nonsense");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_key_is_taken_from_either_header()
    {
        Assert.Equal(HttpStatusCode.OK, await Try("Authorization", $"Bearer {_app.ApiKey}"));
        Assert.Equal(HttpStatusCode.OK, await Try("Authorization", $"bearer {_app.ApiKey}"));
        Assert.Equal(HttpStatusCode.OK, await Try("X-Api-Key", _app.ApiKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await Try("Authorization", $"Basic {_app.ApiKey}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Try("X-Api-Key", _app.ApiKey[..^1]));
    }

    [Fact]
    public async Task An_unknown_key_is_told_from_none()
    {
        var client = _app.AsStranger();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "alur_guess");

        await Refusal.Of(client.GetAsync("/api/antrean/sites"), HttpStatusCode.Unauthorized, "API_KEY_INVALID");
    }

    [Fact]
    public async Task A_revoked_key_stops_working_at_once_and_keeps_its_name()
    {
        var key = (await Keys.Create("leaver", default)).Value;
        Assert.Equal(HttpStatusCode.OK, await Try("X-Api-Key", key));

        Assert.True((await Keys.Revoke("leaver", AuditOrigin.System, default)).Ok);

        Assert.Equal(HttpStatusCode.Unauthorized, await Try("X-Api-Key", key));
        Assert.Equal("API_KEY_NOT_FOUND", (await Keys.Revoke("leaver", AuditOrigin.System, default)).Error?.Code);
        Assert.Equal("API_KEY_NAME_TAKEN", (await Keys.Create("leaver", default)).Error?.Code);
        Assert.NotNull((await Keys.List(default)).Single(k => k.Name == "leaver").RevokedAt);
    }

    [Fact]
    [Trait("Spec", "D-184")]
    public async Task A_key_is_good_for_what_it_was_made_for_and_its_making_and_end_are_in_the_audit()
    {
        var by = new AuditOrigin(new Actor("boss", ActorKind.User));
        var key = (await Keys.Create("looker", ["front-office"], by, default)).Value;
        using var client = _app.AsStranger();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/antrean/sites")).StatusCode);
        var lacking = await Refusal.Of(client.PostAsync("/api/antrean/references/refresh", null), HttpStatusCode.Forbidden, "NOT_ALLOWED");
        Assert.Equal("This API key has not the grant for this. './alur api-key new NAME --grant G' makes one that has.", (string)lacking["detail"]!);
        Assert.Equal("GRANT_UNKNOWN", (await Keys.Create("pilot", ["pilot"], by, default)).Error?.Code);
        await Keys.Revoke("looker", by, default);

        Assert.Equal(["front-office"], (await Keys.List(default)).Single(k => k.Name == "looker").Scopes);
        Assert.Equal(
            ["""CREATE {"scopes": ["front-office"]}""", """DELETE {"scopes": ["front-office"]}"""],
            await _app.Database.App.Statement(AuditSql).Rows(r => r.GetString(0), default));
    }

    [Fact]
    public async Task A_key_is_told_what_only_people_may_do_and_not_to_ask_for_it()
    {
        using var client = _app.AsStranger();
        client.DefaultRequestHeaders.Add("X-Api-Key", (await Keys.Create("teller", default)).Value);

        var admins = await Refusal.Of(client.GetAsync("/api/admin/broadcasts"), HttpStatusCode.Forbidden, "NOT_ALLOWED");
        var accounts = await Refusal.Of(client.GetAsync("/api/notifications"), HttpStatusCode.Forbidden, "NOT_ALLOWED");

        Assert.Equal("This is for people who are signed in and have the role admin; no API key is good for it. Sign in at /api/auth/login.", (string)admins["detail"]!);
        Assert.Equal("This is for people who are signed in; no API key is good for it. Sign in at /api/auth/login.", (string)accounts["detail"]!);
    }

    /// <summary>What was made before keys had scopes is good for what it was good for.</summary>
    [Fact]
    public async Task A_key_of_an_earlier_release_goes_on_working()
    {
        await _app.Database.Owner.Statement("insert into platform.api_keys (name, key_hash) values ('earlier', @hash)", ("hash", Secrets.Hash("alur_earlier"))).Run(default);

        Assert.Equal(HttpStatusCode.OK, await Try("X-Api-Key", "alur_earlier"));
        Assert.Equal(["*"], (await Keys.List(default)).Single(k => k.Name == "earlier").Scopes);
    }

    [Theory, InlineData(""), InlineData("two words"), InlineData("line\nbreak"), InlineData("trailing\n")]
    public async Task A_name_that_would_confuse_history_is_refused(string name) =>
        Assert.Equal("API_KEY_NAME_INVALID", (await Keys.Create(name, default)).Error?.Code);

    [Fact]
    public async Task Only_the_hash_of_a_key_is_stored()
    {
        await using var command = _app.Database.App.CreateCommand(StoredSql);
        command.Parameters.AddWithValue("key", _app.ApiKey);

        Assert.Equal(0L, await command.ExecuteScalarAsync());
        Assert.Equal(43, _app.ApiKey["alur_".Length..].Length);
    }

    [Fact]
    public async Task The_first_start_prints_a_key_that_works_and_the_second_prints_none()
    {
        await using var first = await AlurApp.Start();
        var key = PrintedKey().Match(first.Printed);
        Assert.True(key.Success, first.Printed);
        Assert.Contains(first.Address.ToString().TrimEnd('/'), first.Printed);
        var client = first.AsStranger();
        client.DefaultRequestHeaders.Add("X-Api-Key", key.Value);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/antrean/sites")).StatusCode);

        await using var second = await AlurApp.Start(onto: first.Database);
        Assert.DoesNotMatch(PrintedKey(), second.Printed);
    }

    [Fact]
    public async Task Many_nodes_that_start_at_once_make_one_key()
    {
        await using var database = await TestDatabase.Create();
        var keys = new ApiKeys(database.App, grants: []);

        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => keys.CreateFirst(default))));

        Assert.Single(made, key => key is not null);
        await using var command = database.App.CreateCommand(CountSql);
        Assert.Equal(1L, await command.ExecuteScalarAsync());
        Assert.Equal(["system CREATE first"], await database.Column("select concat_ws(' ', performed_by, action, resource_id) from audit.audit_logs where resource = 'api_keys'"));
    }

    private async Task<HttpStatusCode> Try(string header, string value)
    {
        var client = _app.AsStranger();
        client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        return (await client.GetAsync("/api/antrean/sites")).StatusCode;
    }

    [GeneratedRegex("alur_[A-Za-z0-9_-]{43}", RegexOptions.None, 1000)]
    private static partial Regex PrintedKey();
}
