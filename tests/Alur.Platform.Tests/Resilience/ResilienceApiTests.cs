using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Delivery;
using Alur.Platform.Tests.Audit;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Resilience;

public sealed class ResilienceApiTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Address = "/api/admin/resilience";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    [Trait("Spec", "D-386"), Trait("Spec", "D-389"), Trait("Spec", "D-401"), Trait("Spec", "D-402"), Trait("Spec", "D-408"), Trait("Spec", "D-409"), Trait("Spec", "D-411")]
    public async Task Every_breaker_is_shown_with_its_state_counts_and_thresholds_as_they_are_now()
    {
        var name = await Breaker("seen");
        await Failing(name, 3);

        var counted = (await Rows()).Single(row => (string?)row["name"] == name);
        await Open(name, failedJobs: 2);
        var open = (await Rows()).Single(row => (string?)row["name"] == name);

        Assert.Equal($"CLOSED 3 of 5, 0 of 2, 60 s, {name}, 0", Line(counted));
        Assert.Equal($"OPEN 0 of 5, 0 of 2, 60 s, {name}, 2", Line(open));
        Assert.Equal("down", (string?)open["last_error"]);
        Assert.All(["opened_at", "retry_at", "changed_at"], member => Assert.NotNull(open[member]));
    }

    [Fact]
    [Trait("Spec", "D-390"), Trait("Spec", "D-392"), Trait("Spec", "D-403")]
    public async Task A_reset_closes_it_and_sends_again_what_the_outage_had_failed()
    {
        var name = await Breaker("opened");
        await Open(name, failedJobs: 3);

        var reset = Assert.Single((await Post(new { name })).AsArray())!;

        Assert.Equal($"{name} OPEN CLOSED 3", $"{reset["name"]} {reset["previous_state"]} {reset["state"]} {reset["requeued_jobs"]}");
        Assert.Equal($"CLOSED 0 of 5, 0 of 2, 60 s, {name}, 0", Line((await Rows()).Single(row => (string?)row["name"] == name)));
        Assert.Equal(["3"], await _app.Database.Column($"select count(*) from delivery.jobs j join delivery.lanes l using (channel, key) where channel = '{name}' and j.state = 'PENDING' and l.state = 'OPEN'"));
    }

    [Fact]
    public async Task A_probe_that_is_out_while_somebody_resets_does_not_count_any_more()
    {
        var name = await Breaker("probed");
        await _app.Database.Execute($"""
            update platform.breakers set state = 'HALF_OPEN', epoch = 7, opened_at = now(), probe_token = gen_random_uuid(), probe_until = now() + interval '1 minute'
            where name = '{name}'
            """);

        await Post(new { name });

        Assert.Equal(["CLOSED 8 t"], await _app.Database.Column($"select concat_ws(' ', state, epoch, probe_token is null) from platform.breakers where name = '{name}'"));
    }

    [Fact]
    [Trait("Spec", "D-391"), Trait("Spec", "D-393"), Trait("Spec", "D-183"), Trait("Spec", "D-527")]
    public async Task Every_reset_is_in_the_audit_also_one_of_all_breakers_and_one_that_changed_nothing()
    {
        var (one, other) = (await Breaker("one"), await Breaker("other"));
        await Open(one, failedJobs: 0);
        await Post(new { name = one });
        await Post(body: null);

        var entries = await _app.AdminWalk("/api/admin/audit?resource=resilience");

        string[] resets = [.. entries.Where(e => (string?)e["resource_id"] == one || (string?)e["resource_id"] == other)
            .Select(e => $"{e["action"]} {e["resource_id"]} {e["old_values"]!["state"]} {e["new_values"]!["state"]}")];
        Assert.Equal(
            new[] { $"UPDATE {one} CLOSED CLOSED", $"UPDATE {one} OPEN CLOSED", $"UPDATE {other} CLOSED CLOSED" }.Order(StringComparer.Ordinal), resets.Order(StringComparer.Ordinal));
        Assert.Equal("down", (string?)entries.Single(e => (string?)e["old_values"]!["state"] == "OPEN" && (string?)e["resource_id"] == one)["old_values"]!["last_error"]);
    }

    [Fact]
    [Trait("Spec", "D-391"), Trait("Spec", "D-404")]
    public async Task Strangers_and_names_that_are_not_there_are_refused()
    {
        await Refusal.Of(_app.AsStranger().GetAsync(Address), HttpStatusCode.Unauthorized, "API_KEY_REQUIRED");
        await Refusal.Of(_app.AsStranger().PostAsync(Address, content: null), HttpStatusCode.Unauthorized, "API_KEY_REQUIRED");
        await Refusal.Of(_app.AsAdmin().PostAsJsonAsync(Address, new { name = "nobody" }), HttpStatusCode.NotFound, "BREAKER_NOT_FOUND", "name");
        await Refusal.Of(_app.AsAdmin().PostAsJsonAsync(Address, new { nmae = "nobody" }), HttpStatusCode.BadRequest, "UNKNOWN_FIELD", "nmae");
        await Refusal.Of(_app.AsAdmin().PostAsJsonAsync(Address, new { name = "" }), HttpStatusCode.BadRequest, "VALIDATION_FAILED", "name");
    }

    [Fact]
    [Trait("Spec", "D-388"), Trait("Spec", "D-391")]
    public async Task An_access_token_of_an_admin_is_let_in_and_one_of_a_client_is_not()
    {
        Assert.Equal(HttpStatusCode.OK, (await (await _app.AsUser("admin")).GetAsync(Address)).StatusCode);
        var client = await _app.AsUser("client");
        await Refusal.Of(client.GetAsync(Address), HttpStatusCode.Forbidden, "NOT_ALLOWED");
        await Refusal.Of(client.PostAsync(Address, content: null), HttpStatusCode.Forbidden, "NOT_ALLOWED");
    }

    [Fact]
    [Trait("Spec", "D-388"), Trait("Spec", "D-391")]
    public async Task An_api_key_is_refused_whatever_it_is_good_for_and_so_is_a_token_whose_holder_is_no_admin_any_more()
    {
        await Refusal.Of(_app.AsApiCaller().GetAsync(Address), HttpStatusCode.Forbidden, "NOT_ALLOWED");
        await Refusal.Of(_app.AsApiCaller().PostAsync(Address, content: null), HttpStatusCode.Forbidden, "NOT_ALLOWED");
        var former = await _app.AsUser("admin");
        var id = (string?)JsonNode.Parse(await former.GetStringAsync("/api/auth/me"))!["data"]!["id"];
        var email = Assert.Single(await _app.Database.Column($"select email from identity.users where id = '{id}'"));
        (await _app.AsAdmin().PostAsJsonAsync($"/api/admin/users/{email}/role", new { role = "client" })).EnsureSuccessStatusCode();

        await Refusal.Of(former.PostAsync(Address, content: null), HttpStatusCode.Forbidden, "NOT_ALLOWED");
    }

    [Fact]
    [Trait("Spec", "D-392"), Trait("Spec", "D-393")]
    public async Task Over_two_nodes_a_breaker_is_one_and_two_who_reset_it_at_once_send_nothing_twice()
    {
        var name = await Breaker("shared");
        await Open(name, failedJobs: 4);
        await using var other = await AlurApp.Start(onto: _app.Database);
        Assert.Equal($"OPEN 0 of 5, 0 of 2, 60 s, {name}, 4", Line((await Rows(other)).Single(row => (string?)row["name"] == name)));

        var resets = await Task.WhenAll(
            new[] { _app, other }.Select(node => node.AsAdmin()).Select(async admin => JsonNode.Parse(await (await admin.PostAsJsonAsync(Address, new { name })).Content.ReadAsStringAsync())!["data"]![0]!));

        Assert.Equal(4, resets.Sum(reset => (int)reset["requeued_jobs"]!));
        Assert.Equal(["CLOSED", "OPEN"], resets.Select(reset => (string)reset["previous_state"]!).Order(StringComparer.Ordinal));
        Assert.All(new[] { await Rows(), await Rows(other) }, rows => Assert.StartsWith("CLOSED 0", Line(rows.Single(row => (string?)row["name"] == name)), StringComparison.Ordinal));
        Assert.Equal(2, (await _app.AdminWalk($"/api/admin/audit?resource=resilience&resource_id={name}")).Count);
    }

    [Fact]
    [Trait("Spec", "D-387"), Trait("Spec", "D-404"), Trait("Spec", "D-548")]
    public async Task A_caller_gets_a_hundred_requests_a_minute_and_others_are_not_concerned()
    {
        var (busy, other) = (await _app.AsUser("admin"), await _app.AsUser("admin")); // of their own, so that what they use up is theirs
        for (var i = 0; i < 100; i++) Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync(Address)).StatusCode);

        using var refused = await busy.PostAsync(Address, content: null);

        await Refusal.Of(Task.FromResult(refused), HttpStatusCode.TooManyRequests, "TOO_MANY_REQUESTS");
        Assert.Equal("5", refused.Headers.RetryAfter?.ToString());
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync(Address)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/api/antrean/sites")).StatusCode);
    }

    private async Task<string> Breaker(string site)
    {
        await _app.Services.GetRequiredService<DeliveryQueue>().EnsureChannel($"bpjs:{site}", new ChannelLimits(), $"bpjs:{site}");
        return $"bpjs:{site}";
    }

    private Task<int> Failing(string name, int times) =>
        _app.Database.Execute($"update platform.breakers set consecutive_failures = {times}, last_error = 'down' where name = '{name}'");

    // As an outage leaves it: open, and so many lanes parked by a job that used up its tries.
    private Task<int> Open(string name, int failedJobs) => _app.Database.Execute($"""
        update platform.breakers set
            state = 'OPEN', consecutive_failures = 0, epoch = epoch + 1, opened_at = now(), retry_at = now() + interval '1 minute', changed_at = now(), last_error = 'down'
        where name = '{name}';
        insert into delivery.lanes (channel, key, state, head_step, due_at) select '{name}', 'v' || i, 'PARKED', 10, now() from generate_series(1, {failedJobs}) i;
        insert into delivery.jobs (channel, key, step, payload, state, claims, attempts, outage, fingerprint, finished_at)
        select '{name}', 'v' || i, 10, jsonb_build_object(), 'FAILED', 5, 5, true, 'down', now() from generate_series(1, {failedJobs}) i
        """);

    private Task<List<JsonNode>> Rows() => Rows(_app);

    private static async Task<List<JsonNode>> Rows(AlurApp node) =>
        [.. JsonNode.Parse(await node.AsAdmin().GetStringAsync(Address))!["data"]!.AsArray().Select(row => row!)];

    private async Task<JsonNode> Post(object? body)
    {
        using var answer = await _app.AsAdmin().PostAsync(Address, body is null ? null : JsonContent.Create(body));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }

    private static string Line(JsonNode row) =>
        $"{row["state"]} {row["consecutive_failures"]} of {row["failure_threshold"]}, {row["consecutive_successes"]} of {row["success_threshold"]}, "
        + $"{row["reset_timeout_seconds"]} s, {string.Join(' ', row["channels"]!.AsArray().Select(c => (string?)c))}, {row["failed_jobs"]}";
}
