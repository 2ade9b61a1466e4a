using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Data;
using Alur.Testing;

namespace Alur.Platform.Tests.Identity;

[Trait("Spec", "D-486")]
public sealed class UserRoutesTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Users = "/api/admin/users";
    private const string Siti = Users + "/siti@rs-contoh.id";

    private const string AuditSql = """
        select a.action || ' ' || a.actor_role || ' ' || (a.user_id is not null) from audit.audit_logs a join identity.users u on a.resource_id = u.id::text
        where a.resource = 'users' and u.email = 'siti@rs-contoh.id' order by a.timestamp, a.id
        """;

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task An_administrator_makes_changes_and_shuts_an_account_and_the_audit_says_so()
    {
        using var admin = _app.AsAdmin();
        var link = await Data(await admin.PostAsJsonAsync(Users, new { email = "Siti@RS-contoh.id", name = "Siti Aminah", grants = new[] { "front-office" } }));
        Assert.Matches("^/setup/[A-Za-z0-9_-]{43}$", (string?)link["path"]);
        Assert.Equal(HttpStatusCode.OK, (await _app.AsStranger().GetAsync((string?)link["path"])).StatusCode);

        await Data(await admin.PostAsJsonAsync(Siti + "/grants", new { grants = new[] { "integration" } }));
        await Data(await admin.PostAsJsonAsync(Siti + "/role", new { role = "admin" }));
        await Data(await admin.PostAsync(Siti + "/disable", null));
        await Data(await admin.PostAsync(Siti + "/enable", null));
        Assert.NotEqual((string?)link["path"], (string?)(await Data(await admin.PostAsJsonAsync(Siti + "/reset", new { })))["path"]);
        Assert.Equal(HttpStatusCode.NotFound, (await _app.AsStranger().GetAsync((string?)link["path"])).StatusCode);

        var siti = (await Data(await admin.GetAsync(Users))).AsArray().Single(user => (string?)user!["email"] == "siti@rs-contoh.id")!;
        Assert.Equal(("Siti Aminah", "admin", "integration"), ((string?)siti["name"], (string?)siti["role"], (string?)siti["grants"]![0]));
        Assert.Equal(
            ["CREATE admin true", "ROLE_CHANGE admin true", "ROLE_CHANGE admin true", "UPDATE admin true", "UPDATE admin true", "UPDATE admin true"],
            await _app.Database.App.Statement(AuditSql).Rows(r => r.GetString(0), default));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_the_one_form()
    {
        using var admin = _app.AsAdmin();

        await Refusal.Of(admin.PostAsJsonAsync(Users, new { }), HttpStatusCode.BadRequest, "EMAIL_INVALID", "email");
        await Refusal.Of(admin.PostAsJsonAsync(Users, new { email = "a@rs.id", name = " " }), HttpStatusCode.BadRequest, "NAME_INVALID", "name");
        await Refusal.Of(admin.PostAsJsonAsync(Users, new { email = "nobody", name = "A" }), HttpStatusCode.BadRequest, "EMAIL_INVALID", "email");
        await Refusal.Of(admin.PostAsJsonAsync(Users, new { email = "a@rs.id", grants = new[] { "pilot" } }), HttpStatusCode.BadRequest, "GRANT_UNKNOWN", "grants");
        await Refusal.Of(admin.PostAsJsonAsync(Users, new { email = "a@rs.id", grants = new string?[] { null } }), HttpStatusCode.BadRequest, "GRANT_UNKNOWN", "grants");
        await Refusal.Of(admin.PostAsync(Users + "/x@rs.id/disable", null), HttpStatusCode.NotFound, "USER_NOT_FOUND", "email");
        await Refusal.Of(admin.PostAsJsonAsync(Users + "/x@rs.id/role", new { }), HttpStatusCode.BadRequest, "ROLE_UNKNOWN", "role");
    }

    private static async Task<JsonNode> Data(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}
