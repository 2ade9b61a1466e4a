using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Leases;
using Alur.Platform.Tests.Audit;
using Alur.Testing;

namespace Alur.Platform.Tests.Identity;

[Trait("Spec", "D-455"), Trait("Spec", "D-527")]
public sealed class RefusedSignInTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string EarlierSql = "update identity.refused_sign_ins set minute = minute - interval '1 hour'";
    private const string CodeSql = "update identity.sign_ins set totp_secret = substring(sha256('a') from 1 for 20), totp_since = now() where user_id = @user";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task A_wrong_password_is_in_the_audit_with_the_account_and_where_it_came_from()
    {
        var (email, id) = await Somebody();
        using var client = _app.AsStranger();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Guesser/1");

        await Refused(client, email, "S3cret-typed-wrong");

        var entry = Assert.Single(await Entries(id));
        Assert.Equal(
            "UPDATE stranger  127.0.0.1 Guesser/1 password 1",
            $"{entry["action"]} {entry["performed_by"]} {entry["user_id"]} {entry["ip_address"]} {entry["user_agent"]} {entry["new_values"]!["reason"]} {entry["new_values"]!["times"]}");
        Assert.DoesNotContain("S3cret-typed-wrong", entry.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_try_that_locks_an_account_says_so_and_later_ones_found_it_locked()
    {
        var (email, id) = await Somebody();
        using var client = _app.AsStranger();
        for (var n = 0; n < 5; n++)
        {
            await Refused(client, email, "wrong");
        }

        await Refused(client, email, AlurApp.Password);

        var entries = await Entries(id);
        var lockedUntil = (DateTimeOffset)Assert.Single(entries, e => e["new_values"]!["locked_until"] is not null)["new_values"]!["locked_until"]!;
        Assert.InRange(lockedUntil - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(16));
        Assert.Equal(1, (int)Assert.Single(entries, e => (string?)e["new_values"]!["reason"] == "locked")["new_values"]!["times"]!);
        Assert.Equal(6, await Told(id));
    }

    [Fact]
    public async Task What_was_typed_for_an_address_that_nobody_has_is_kept_nowhere()
    {
        using var client = _app.AsStranger();
        await Refused(client, "My-P4ssword-in-the-wrong-field", "x");
        await Refused(client, "nobody.here@rs-contoh.id", "y");
        await Rest();

        Assert.Contains(await _app.AdminWalk("/api/admin/audit?resource=sign_ins"), e => (string?)e["new_values"]!["reason"] == "unknown" && e["resource_id"] is null);
        Assert.Equal(["0"], await _app.Database.Column("select count(*) from audit.audit_logs a where a::text ~* 'wrong-field|nobody.here'"));
        Assert.Equal(["0"], await _app.Database.Column("select count(*) from identity.refused_sign_ins r where r::text ~* 'wrong-field|nobody.here'"));
    }

    [Fact]
    public async Task A_wrong_code_a_missing_one_and_a_disabled_account_are_told_apart_in_the_audit_alone()
    {
        var (email, id) = await Somebody();
        await _app.Database.Owner.Statement(CodeSql, ("user", Guid.Parse(id))).Run(default);
        using var client = _app.AsStranger();

        await Refusal.Of(client.PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password }), HttpStatusCode.Unauthorized, "CODE_REQUIRED");
        await Refusal.Of(client.PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password, code = "nonsense" }), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
        (await _app.AsAdmin().PostAsync($"/api/admin/users/{email}/disable", null)).EnsureSuccessStatusCode();
        await Refused(client, email, AlurApp.Password);

        Assert.Equal(["code", "code-missing", "disabled"], (await Entries(id)).Select(e => (string)e["new_values"]!["reason"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_flood_leaves_a_few_entries_a_minute_that_count_every_one_of_it_once()
    {
        var (email, id) = await Somebody();
        using var client = _app.AsStranger();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => client.PostAsJsonAsync("/api/auth/login", new { email, password = $"guess {n}" })));
        var refused = answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized); // others were sent away without a try
        Assert.InRange(refused, 7, 40);
        await Task.WhenAll(Rest(), Rest()); // two nodes
        await Rest();

        Assert.Equal(refused, await Told(id));
        Assert.InRange((await Entries(id)).Count, 4, 9); // first, lock and rest of the tries, first and rest of the locked ones; twice where the minute ended meanwhile
        var rest = (await Entries(id)).Where(e => e["new_values"]!["minute"] is not null).ToList();
        Assert.All(rest, e => Assert.Equal("127.0.0.1", (string?)e["new_values"]!["addresses"]!.AsArray().Single()));
        Assert.Equal(["0"], await _app.Database.Column($"select count(*) from identity.refused_sign_ins where user_id = '{id}'"));
    }

    [Fact]
    public async Task Who_is_refused_after_the_rest_was_told_begins_a_new_count()
    {
        var (email, id) = await Somebody();
        using var client = _app.AsStranger();
        await Refused(client, email, "one");
        await Refused(client, email, "two");
        await Rest();
        await Refused(client, email, "three");
        await Rest();

        Assert.Equal(3, await Told(id));
        Assert.Equal(3, (await Entries(id)).Count);
    }

    [Fact]
    public async Task A_copied_refresh_token_is_in_the_audit_with_the_session_that_it_ended()
    {
        var (email, id) = await Somebody();
        using var client = _app.AsStranger();
        var login = await client.PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password, session = "token" });
        var first = (string?)JsonNode.Parse(await login.Content.ReadAsStringAsync())!["data"]!["refresh_token"];
        (await client.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = first })).EnsureSuccessStatusCode();
        for (var n = 0; n < 3; n++)
        {
            await Refusal.Of(client.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = first }), HttpStatusCode.Unauthorized, "REFRESH_REFUSED");
        }

        var begun = Assert.Single(await _app.AdminWalk($"/api/admin/audit?resource=sessions&action=LOGIN&user_id={id}"));
        var ended = Assert.Single(await _app.AdminWalk($"/api/admin/audit?resource=sessions&resource_id={begun["resource_id"]}&action=DELETE"));
        Assert.Equal($"stranger {id} reuse 127.0.0.1", $"{ended["performed_by"]} {ended["old_values"]!["user_id"]} {ended["new_values"]!["ended"]} {ended["ip_address"]}");
    }

    private async Task<(string Email, string Id)> Somebody()
    {
        var email = await _app.NewUser(Policies.Client);
        return (email, Assert.Single(await _app.Database.Column($"select id from identity.users where email = '{email}'")));
    }

    private static Task<JsonNode> Refused(HttpClient client, string email, string password) =>
        Refusal.Of(client.PostAsJsonAsync("/api/auth/login", new { email, password }), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");

    // The minute is over.
    private async Task Rest()
    {
        await _app.Database.Owner.Statement(EarlierSql).Run(default);
        await TellRefusals.RunOnce(_app.Services, new LeaseGrant("identity.refusals", "test", 1), default);
    }

    private Task<List<JsonNode>> Entries(string id) => _app.AdminWalk($"/api/admin/audit?resource=sign_ins&resource_id={id}");

    private async Task<int> Told(string id)
    {
        await Rest();
        return (await Entries(id)).Sum(e => (int)e["new_values"]!["times"]!);
    }
}
