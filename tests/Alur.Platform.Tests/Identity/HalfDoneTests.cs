using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Tests.Audit;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Tests.Identity;

/// <summary>The database fails in the middle of what somebody asked for: it is done whole, with its entry in the audit, or not at all.</summary>
public sealed class HalfDoneTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Next = "gerimis di kaca jendela";

    // What a try costs is counted before it is looked at, and is no part of what is done.
    private const string StateSql = """
        select md5(concat_ws('|',
            (select string_agg(u::text, ',' order by u.id) from identity.users u),
            (select string_agg(concat_ws(' ', s.user_id, s.disabled_at, s.last_at, s.totp_since), ',' order by s.user_id) from identity.sign_ins s),
            (select string_agg(g::text, ',' order by g.user_id, g.name) from identity.user_grants g),
            (select string_agg(l::text, ',' order by l.hash) from identity.setup_links l),
            (select string_agg(s::text, ',' order by s.id) from identity.sessions s),
            (select string_agg(t::text, ',' order by t.hash) from identity.session_tokens t),
            (select string_agg(k::text, ',' order by k.id) from identity.api_keys k),
            (select string_agg(b::text, ',' order by b.name) from platform.breakers b)))
        """;

    private const string FullSql = """
        create function public.no_room() returns trigger language plpgsql as $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$;
        create trigger no_room before insert on audit.audit_logs for each row execute function public.no_room()
        """;

    private const string RoomSql = "drop trigger no_room on audit.audit_logs; drop function public.no_room()";

    private const string WaitingSql = """
        select l.pid from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()
        """;

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task What_cannot_be_put_into_the_audit_is_not_done()
    {
        await using var app = await AlurApp.Start();
        await app.Services.GetRequiredService<DeliveryQueue>().EnsureChannel("bpjs:x", new ChannelLimits(), "bpjs:x");
        var asked = await Asked(app);
        await app.Database.Owner.Statement(FullSql).Run(default);
        var before = await State(app);
        foreach (var (what, ask) in asked)
        {
            var problem = await Refusal.Of(ask(), HttpStatusCode.ServiceUnavailable, "DATABASE_UNAVAILABLE");

            Assert.Contains("disk", (string?)problem["detail"], StringComparison.Ordinal);
            Assert.True(before == await State(app), what);
        }

        await app.Database.Owner.Statement(RoomSql).Run(default);
        foreach (var (what, ask) in asked)
        {
            using var answer = await ask();
            Assert.True(answer.IsSuccessStatusCode, $"{what}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Theory]
    [InlineData("sign-in")]
    [InlineData("role")]
    [InlineData("grants")]
    [InlineData("password")]
    public async Task A_connection_that_breaks_in_the_middle_leaves_nothing_behind_and_the_next_try_works(string what)
    {
        var email = await _app.NewUser(Policies.Client);
        var (user, admin) = (await Enter(_app, email), _app.AsAdmin());
        Func<Task<HttpResponseMessage>> ask = what switch
        {
            "sign-in" => () => _app.AsStranger().PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password }),
            "role" => () => admin.PostAsJsonAsync($"/api/admin/users/{email}/role", new { role = "admin" }),
            "grants" => () => admin.PostAsJsonAsync($"/api/admin/users/{email}/grants", new { grants = new[] { "front-office" } }),
            _ => () => user.PostAsJsonAsync("/api/auth/password", new { current_password = AlurApp.Password, new_password = Next }),
        };
        var before = (await State(_app), await Entries());
        await using (var superuser = NpgsqlDataSource.Create(_app.Database.AdminConnectionString))
        await using (var held = await _app.Database.Owner.OpenConnectionAsync())
        await using (var tx = await held.BeginTransactionAsync())
        {
            await tx.Statement("select from identity.users where email = @email for update", ("email", email)).Run(default);
            var asking = ask();
            var waiting = new List<int>();
            await Eventually.True(async () => (waiting = await superuser.Statement(WaitingSql).Rows(r => r.GetInt32(0), default)).Count > 0);
            foreach (var pid in waiting) await superuser.Statement("select pg_terminate_backend(@pid)", ("pid", pid)).Run(default);

            await Refusal.Of(asking, HttpStatusCode.ServiceUnavailable, "DATABASE_UNAVAILABLE");
        }

        Assert.Equal(before, (await State(_app), await Entries()));
        using var answer = await ask();
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Of_two_nodes_that_make_an_account_of_one_address_at_once_one_does()
    {
        await using var other = await AlurApp.Start(onto: _app.Database);
        var email = $"{Guid.NewGuid():N}@rs-contoh.id";

        var made = await Task.WhenAll(new[] { _app, other, _app, other }.Select(node => node.AsAdmin()).Select(admin => admin.PostAsJsonAsync("/api/admin/users", new { email, name = "Siti" })));

        Assert.Equal(1, made.Count(answer => answer.IsSuccessStatusCode));
        Assert.Equal(3, made.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(["1"], await _app.Database.Column($"select count(*) from audit.audit_logs where action = 'CREATE' and new_values->>'email' = '{email}'"));
    }

    /// <summary>Everything about accounts, sessions and breakers that is written into the audit.</summary>
    private static async Task<List<(string What, Func<Task<HttpResponseMessage>> Ask)>> Asked(AlurApp app)
    {
        var (email, other) = (await app.NewUser(Policies.Client), await app.NewUser(Policies.Client));
        var (admin, user, leaver, phoneless) = (app.AsAdmin(), await Enter(app, email), await Enter(app, email), await Enter(app, await app.NewUser(Policies.Client)));
        var offer = JsonNode.Parse(await (await user.PostAsJsonAsync("/api/auth/second-factor", new { current_password = AlurApp.Password })).Content.ReadAsStringAsync())!["data"]!;
        var secret = AuthTests.FromBase32((string)offer["secret"]!);
        var link = JsonNode.Parse(await (await admin.PostAsJsonAsync($"/api/admin/users/{other}/reset", new { })).Content.ReadAsStringAsync())!["data"]!["path"];
        Func<Task<HttpResponseMessage>> To(HttpClient client, string path, object? body = null) => () => client.PostAsync(path, body is null ? null : JsonContent.Create(body));
        return
        [
            ("sign in", To(app.AsStranger(), "/api/auth/login", new { email = other, password = AlurApp.Password })),
            ("use a link", () => app.AsStranger().PostAsync((string)link!, new FormUrlEncodedContent([new("password", AlurApp.Password), new("again", AlurApp.Password)]))),
            ("sign out", To(leaver, "/api/auth/logout")),
            ("password", To(user, "/api/auth/password", new { current_password = AlurApp.Password, new_password = Next })),
            ("begin a second factor", To(phoneless, "/api/auth/second-factor", new { current_password = AlurApp.Password })),
            ("second factor", () => user.PostAsJsonAsync("/api/auth/second-factor/confirm", new { code = Totp.Code(secret, DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30) })),
            ("end sessions", To(user, "/api/auth/sessions/end")),
            ("add", To(admin, "/api/admin/users", new { email = "made@rs-contoh.id", name = "Made" })),
            ("reset", To(admin, $"/api/admin/users/{other}/reset", new { second_factor = true })),
            ("role", To(admin, $"/api/admin/users/{other}/role", new { role = "admin" })),
            ("grants", To(admin, $"/api/admin/users/{other}/grants", new { grants = new[] { "front-office" } })),
            ("disable", To(admin, $"/api/admin/users/{other}/disable")),
            ("enable", To(admin, $"/api/admin/users/{other}/enable")),
            ("breakers", To(admin, "/api/admin/resilience")),
            ("read the audit", () => admin.GetAsync("/api/admin/audit")),
            ("export the audit", () => admin.GetAsync("/api/admin/audit/export")),
        ];
    }

    private static async Task<string> State(AlurApp app) => Assert.Single(await app.Database.Column(StateSql));

    private async Task<string> Entries() => Assert.Single(await _app.Database.Column("select count(*) from audit.audit_logs where resource <> 'sign_ins'"));

    private static async Task<HttpClient> Enter(AlurApp app, string email)
    {
        var client = app.AsStranger();
        (await client.PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password })).EnsureSuccessStatusCode();
        return client;
    }
}
