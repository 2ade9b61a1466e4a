using System.Net;
using System.Net.Http.Json;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Platform.Tests.Audit;
using Alur.Platform.Tests.Notifications;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Identity;

[Trait("Spec", "D-508")]
public sealed class EraseUserTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Person = "ratna.sari.dewi@rs-contoh.id";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    [Trait("Spec", "D-184")]
    public async Task Nothing_that_is_kept_of_accounts_says_whose_an_erased_one_was_and_its_history_still_names_it()
    {
        using var admin = _app.AsAdmin();
        var id = await Somebody();
        await Refusal.Of(admin.PostAsync(At("erase"), null), HttpStatusCode.Conflict, "USER_NOT_DISABLED");
        (await admin.PostAsync(At("disable"), null)).EnsureSuccessStatusCode();

        (await admin.PostAsync(At("erase"), null)).EnsureSuccessStatusCode();

        Assert.Empty(await Tables(of: "ratna|sari|dewi|Ratna|81234567890|Spy/1|203\\.0\\.113"));
        Assert.Equal([$"erased-{id}@erased.invalid Erased  client"], await _app.Database.Column($"select concat_ws(' ', email, name, coalesce(phone, ''), role) from identity.users where id = '{id}'"));
        Assert.DoesNotContain(id, await admin.GetStringAsync("/api/admin/users"), StringComparison.Ordinal);
        Assert.Equal(["1"], await _app.Database.Column($"select count(*) from audit.audit_logs where user_id = '{id}' and action = 'LOGIN'"));
        var erased = Assert.Single(await _app.AdminWalk($"/api/admin/audit?resource=users&resource_id={id}&action=DELETE"));
        Assert.Equal("""{"role":"client"} {"erased":true}""", $"{erased["old_values"]!.ToJsonString()} {erased["new_values"]!.ToJsonString()}");
    }

    [Fact]
    public async Task An_erased_account_comes_back_by_no_way_and_its_address_is_free()
    {
        using var admin = _app.AsAdmin();
        var email = await _app.NewUser(Policies.Client);
        var id = Assert.Single(await _app.Database.Column($"select id from identity.users where email = '{email}'"));
        (await admin.PostAsync($"/api/admin/users/{email}/disable", null)).EnsureSuccessStatusCode();
        (await admin.PostAsync($"/api/admin/users/{email}/erase", null)).EnsureSuccessStatusCode();
        var left = $"/api/admin/users/erased-{id}@erased.invalid/";

        await Refusal.Of(admin.PostAsync(left + "erase", null), HttpStatusCode.Conflict, "USER_ERASED");
        await Refusal.Of(admin.PostAsync(left + "enable", null), HttpStatusCode.NotFound, "USER_NOT_FOUND");
        await Refusal.Of(admin.PostAsJsonAsync(left + "reset", new { }), HttpStatusCode.NotFound, "USER_NOT_FOUND");
        await Refusal.Of(admin.PostAsync($"/api/admin/users/{email}/erase", null), HttpStatusCode.NotFound, "USER_NOT_FOUND");
        await Refusal.Of(_app.AsStranger().PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password }), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
        (await admin.PostAsJsonAsync("/api/admin/users", new { email, name = "Another" })).EnsureSuccessStatusCode();
    }

    // With a session, a link that nobody used, a code and grants.
    private async Task<string> Somebody()
    {
        var made = await _app.Services.GetRequiredService<AddUser>().Run(
            new NewUser(Person, "Ratna Sari Dewi", "+6281234567890", Grants: ["front-office"]), AuditOrigin.System, default);
        using var form = new FormUrlEncodedContent([new("password", AlurApp.Password), new("again", AlurApp.Password)]);
        (await _app.AsStranger().PostAsync(made.Value.Path, form)).EnsureSuccessStatusCode();
        using var client = _app.AsStranger();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Spy/1");
        (await client.PostAsJsonAsync("/api/auth/login", new { email = Person, password = AlurApp.Password })).EnsureSuccessStatusCode();
        (await client.PostAsJsonAsync("/api/auth/second-factor", new { current_password = AlurApp.Password })).EnsureSuccessStatusCode();
        (await _app.AsAdmin().PostAsJsonAsync(At("reset"), new { })).EnsureSuccessStatusCode();
        var id = Assert.Single(await _app.Database.Column($"select id from identity.users where email = '{Person}'"));
        await _app.Tell(new NewNotification(Audience.People(Guid.Parse(id)), NotificationType.AdminAlert, "For Ratna Sari Dewi", "ratna"));
        Assert.Equal(["identity.sessions", "identity.users", "realtime.real_time_notifications", "realtime.websocket_message_queue"], (await Tables(of: "ratna|Spy/1")).Order(StringComparer.Ordinal));
        return id;
    }

    // Of the schemas that have accounts and what they are told, whatever tables they have one day.
    private async Task<List<string>> Tables(string of)
    {
        var found = new List<string>();
        foreach (var table in await _app.Database.Column("select table_schema || '.' || table_name from information_schema.tables where table_schema in ('identity', 'realtime') and table_type = 'BASE TABLE'"))
        {
            if (await _app.Database.Column($"select count(*) from {table} t where t::text ~ '{of}'") is not ["0"]) found.Add(table);
        }

        return found;
    }

    private static string At(string verb) => $"/api/admin/users/{Person}/{verb}";
}
