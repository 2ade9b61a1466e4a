using System.Net;
using System.Net.Http.Json;
using Alur.Antrean.Tasks;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Antrean.Tests.Board;

/// <summary>What an operator can do to a site: see its state, pause and resume its channel, have visits judged anew.</summary>
public sealed class SteeringTests(SteeringTests.TwoSites sites) : IClassFixture<SteeringTests.TwoSites>
{
    private const string ForgottenSql = """
        select v.visit_id from antrean.visits v join antrean.sites s on s.id = v.site_id
        where s.code = @site and v.source_hash = '\x' order by v.visit_id
        """;

    private const string AuditedSql = """
        select string_agg(format('%s %s > %s %s', old_values ->> 'paused', coalesce(old_values ->> 'paused_reason', 'nothing'),
                                 new_values ->> 'paused', coalesce(new_values ->> 'paused_reason', 'nothing')), '; ' order by timestamp)
        from audit.audit_logs
        where resource = 'delivery_channels' and resource_id = 'bpjs:audited' and action = 'UPDATE' and performed_by = 'api-key:test'
        """;

    private readonly AlurApp _app = sites.App;

    [Fact]
    public async Task A_paused_channel_says_why_and_who_until_it_is_resumed()
    {
        var paused = await _app.Post("/api/antrean/channels/north/pause", new { reason = "BPJS maintenance", until = "2099-01-01T00:00:00+07:00" });
        Assert.Equal("BPJS maintenance (api-key:test)", (string?)paused["paused_reason"]);

        var site = await Site("north");
        Assert.True((bool)site["channel"]!["paused"]!);
        Assert.Equal("2098-12-31T17:00:00Z", (string?)site["channel"]!["paused_until"]);
        Assert.Equal("BPJS maintenance (api-key:test)", (string?)site["channel"]!["paused_reason"]);

        Assert.False((bool)(await _app.Post("/api/antrean/channels/north/resume"))["paused"]!);
        site = await Site("north");
        Assert.False((bool)site["channel"]!["paused"]!);
        Assert.Null(site["channel"]!["paused_reason"]);
    }

    [Fact]
    [Trait("Spec", "D-183"), Trait("Spec", "D-455")]
    public async Task Who_paused_and_resumed_a_channel_is_in_the_audit_with_what_it_was_before()
    {
        await _app.Post("/api/antrean/channels/audited/pause", new { reason = "first", until = "2099-01-01T00:00:00Z" });
        await _app.Post("/api/antrean/channels/audited/pause", new { reason = "second" });
        await _app.Post("/api/antrean/channels/audited/resume");

        await using var command = _app.Database.Owner.CreateCommand(AuditedSql);
        Assert.Equal(
            "false nothing > true first (api-key:test); true first (api-key:test) > true second (api-key:test); true second (api-key:test) > false nothing",
            (string?)await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task The_reason_of_a_pause_reaches_nobodys_terminal_as_a_command()
    {
        const string Clean = "\uFFFD[2JBPJS maintenance\uFFFD since 8 (api-key:test)";
        var paused = await _app.Post("/api/antrean/channels/lasting/pause", new { reason = "\u001b[2JBPJS maintenance\u202e\nsince 8" });

        var site = await Site("lasting");

        Assert.Equal((Clean, Clean), ((string?)paused["paused_reason"], (string?)site["channel"]!["paused_reason"]));
    }

    [Fact]
    public async Task A_pause_without_an_end_lasts()
    {
        await _app.Post("/api/antrean/channels/lasting/pause", new { reason = "until further notice" });

        var channel = (await Site("lasting"))["channel"]!;
        Assert.True((bool)channel["paused"]!);
        Assert.Null(channel["paused_until"]);
    }

    [Fact]
    public async Task A_pause_needs_a_reason_and_a_future()
    {
        var client = _app.AsApiCaller();

        await Refusal.Of(Pause(new { }), HttpStatusCode.BadRequest, "VALIDATION_FAILED", "reason");
        await Refusal.Of(Pause(new { reason = "" }), HttpStatusCode.BadRequest, "VALIDATION_FAILED", "reason");
        await Refusal.Of(Pause(new { reason = "because", until = "2020-01-01T00:00:00Z" }), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "until");
        await Refusal.Of(Pause(new { reason = "because", until = "tomorrow" }), HttpStatusCode.BadRequest, "MALFORMED_JSON", "until");
        await Refusal.Of(
            client.PostAsJsonAsync("/api/antrean/channels/nowhere/pause", new { reason = "because" }), HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");

        Task<HttpResponseMessage> Pause(object body) => client.PostAsJsonAsync("/api/antrean/channels/north/pause", body);
    }

    [Fact]
    public async Task A_channel_without_settings_is_not_resumed()
    {
        var problem = await Refusal.Of(
            _app.AsApiCaller().PostAsync("/api/antrean/channels/south/resume", null), HttpStatusCode.Conflict, "CHANNEL_NOT_CONFIGURED", "site");

        Assert.Contains("Antrean:Sites:south:Bpjs:SecretKey", (string?)problem["detail"]);
        await Refusal.Of(_app.AsApiCaller().PostAsync("/api/antrean/channels/nowhere/resume", null), HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");
    }

    [Fact, Trait("Spec", "A-156")]
    public async Task One_visit_is_judged_anew_and_no_other()
    {
        var north = await new Hospital(_app, "north").Open();
        await north.Visit("one/1", DateTimeOffset.UtcNow);
        await north.Visit("one/2", DateTimeOffset.UtcNow);
        await (await new Hospital(_app, "south").Open()).Visit("one/1", DateTimeOffset.UtcNow);

        var wake = _app.Services.GetRequiredService<PollHints>().Next("north");

        var answer = await _app.AsApiCaller().PostAsync("/api/antrean/visits/one%2F1/revalidate?site=north", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Contains("one/1", await Forgotten("north"));
        Assert.DoesNotContain("one/2", await Forgotten("north"));
        Assert.DoesNotContain("one/1", await Forgotten("south"));
        await wake.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["api-key:test north 1"], await Told("resource_id = 'one/1'"));
    }

    [Fact, Trait("Spec", "A-156")]
    public async Task All_visits_of_the_days_that_are_read_again_are_judged_anew()
    {
        var east = await new Hospital(_app, "east").Open();
        await east.Visit("today", DateTimeOffset.UtcNow);
        await east.Visit("six-days-ago", DateTimeOffset.UtcNow.AddDays(-6));
        await east.Visit("long-ago", DateTimeOffset.UtcNow.AddDays(-8));

        var answer = await _app.Post("/api/antrean/revalidate?site=east");

        Assert.Equal((2, 60), ((int)answer["revalidating"]!, (int)answer["within_seconds"]!));
        Assert.Equal(["six-days-ago", "today"], await Forgotten("east"));
        var client = _app.AsApiCaller();
        await Refusal.Of(client.PostAsync("/api/antrean/visits/long-ago/revalidate?site=east", null), HttpStatusCode.Conflict, "VISIT_OUTSIDE_WINDOW", "visit_id");
        await Refusal.Of(client.PostAsync("/api/antrean/visits/none/revalidate?site=east", null), HttpStatusCode.NotFound, "VISIT_NOT_FOUND", "visit_id");
        await Refusal.Of(client.PostAsync("/api/antrean/revalidate?site=nowhere", null), HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");
        Assert.Equal(["api-key:test east 2"], await Told("new_values->>'site' = 'east'")); // what was refused is not told
    }

    private Task<List<string>> Told(string which) => _app.Database.Owner.Statement(
        $"select concat_ws(' ', performed_by, new_values->>'site', new_values->>'revalidated') from audit.audit_logs where resource = 'visits' and {which}").Rows(r => r.GetString(0), default);

    private async Task<System.Text.Json.Nodes.JsonNode> Site(string code) =>
        (await _app.Walk("/api/antrean/sites")).Single(site => (string?)site["code"] == code);

    private async Task<List<string>> Forgotten(string site)
    {
        await using var command = _app.Database.App.CreateCommand(ForgottenSql);
        command.Parameters.Add(new NpgsqlParameter<string>("site", site));
        await using var reader = await command.ExecuteReaderAsync();
        var visits = new List<string>();
        while (await reader.ReadAsync())
        {
            visits.Add(reader.GetString(0));
        }

        return visits;
    }

    [Theory]
    [InlineData("-2147483648"), InlineData("2147483647"), InlineData("-1"), InlineData("10081"), InlineData("abc"), InlineData("1.5")]
    public async Task A_pause_for_no_sensible_time_is_refused_and_does_not_become_one_without_an_end(string minutes)
    {
        using var reader = await _app.AsReader("client", "front-office", "integration");
        using var form = new FormUrlEncodedContent([new("site", "south"), new("minutes", minutes), new("reason", "for a while"), new("to", "/antrean/deliveries")]);

        using var answer = await reader.PostAsync("/antrean/deliveries/pause", form);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.DoesNotContain("for a while", (await Site("south")).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0001-01-01"), InlineData("9999-12-31")]
    public async Task A_report_of_a_day_that_no_hospital_has_is_refused(string date) =>
        await Refusal.Of(_app.AsApiCaller().GetAsync($"/api/antrean/report?site=south&date={date}"), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "date");

    public sealed class TwoSites : IAsyncLifetime
    {
        public AlurApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            App = await AlurApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Antrean:Sites:north:Bpjs:BaseUrl"] = "http://127.0.0.1:9/antreanrs",
                ["Antrean:Sites:north:Bpjs:ConsId"] = "1",
                ["Antrean:Sites:north:Bpjs:SecretKey"] = "2",
                ["Antrean:Sites:north:Bpjs:UserKey"] = "3",
                ["Antrean:Sites:audited:Bpjs:BaseUrl"] = "http://127.0.0.1:9/antreanrs",
                ["Antrean:Sites:audited:Bpjs:ConsId"] = "1",
                ["Antrean:Sites:audited:Bpjs:SecretKey"] = "2",
                ["Antrean:Sites:audited:Bpjs:UserKey"] = "3",
                ["Antrean:Sites:south:Name"] = "South",
                ["Antrean:Sites:east:Name"] = "East",
                ["Antrean:Sites:lasting:Name"] = "Lasting",
            });
            foreach (var code in new[] { "north", "south", "east", "lasting", "audited" })
            {
                await new Hospital(App, code).Open();
                await App.Services.GetRequiredService<DeliveryQueue>().EnsureChannel($"bpjs:{code}", new ChannelLimits(1, 1), breaker: null);
            }
        }

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
