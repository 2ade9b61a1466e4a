using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;

namespace Alur.Platform.Tests.Identity;

[Trait("Spec", "D-486")]
public sealed class AccountTests(AccountDesk desk) : IClassFixture<AccountDesk>
{
    private const string StoredSql = "select (select count(*) from identity.setup_links l where l::text like '%' || @secret || '%') = 0";
    private const string AuditSql = """
        select action || ' by ' || performed_by || coalesce(': ' || old_values::text, '') || coalesce(' -> ' || new_values::text, '')
        from audit.audit_logs where resource = 'users' and resource_id = @id order by timestamp, id
        """;

    private const string ExpireSql = "update identity.setup_links set created_at = now() - interval '3 days', expires_at = now() - interval '1 second' where hash = @hash";

    [Fact]
    public async Task An_account_is_made_with_what_was_said_and_a_link_by_which_its_holder_chooses_a_password()
    {
        var link = (await desk.Add.Run(new NewUser(" Budi@RS.id ", "Budi", "+6281234567", Policies.Client, ["cashier", "front-office"]), AuditOrigin.System, default)).Value;

        var budi = await desk.Of("budi@rs.id");
        Assert.Equal(("Budi", "+6281234567", "client"), (budi.Name, budi.Phone, budi.Role));
        Assert.Equal(["cashier", "front-office"], budi.Grants);
        Assert.Null(budi.LastSignInAt);
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try("budi@rs.id", ""));
        Assert.Equal("budi@rs.id", (await desk.Use.Run(AccountDesk.SecretOf(link), AccountDesk.Password, email: null, name: null, AuditOrigin.System, default)).Value);
        Assert.Null(await desk.Try("BUDI@rs.id", AccountDesk.Password));
        Assert.NotNull((await desk.Of("budi@rs.id")).LastSignInAt);
    }

    [Theory]
    [InlineData("EMAIL_INVALID", "nobody")]
    [InlineData("NAME_INVALID", "a1@rs.id", " ")]
    [InlineData("PHONE_INVALID", "a2@rs.id", "A", "12")]
    [InlineData("ROLE_UNKNOWN", "a3@rs.id", "A", null, "owner")]
    [InlineData("GRANT_UNKNOWN", "a4@rs.id", "A", null, "client", "pilot")]
    public async Task What_cannot_be_is_refused_by_its_own_code(string code, string email, string name = "A", string? phone = null, string role = "client", string? grant = null) =>
        Assert.Equal(code, (await desk.Add.Run(new NewUser(email, name, phone, role, grant is null ? [] : [grant]), AuditOrigin.System, default)).Error?.Code);

    [Fact]
    public async Task A_second_account_of_one_address_is_refused()
    {
        var email = await desk.Somebody();

        Assert.Equal("EMAIL_TAKEN", (await desk.Add.Run(new NewUser(email.ToUpperInvariant(), "Other"), AuditOrigin.System, default)).Error?.Code);
    }

    [Fact]
    public async Task A_link_is_good_once_however_many_try_it_at_once()
    {
        var link = (await desk.Add.Run(new NewUser("many@rs.id", "Many"), AuditOrigin.System, default)).Value;

        var used = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => desk.Use.Run(AccountDesk.SecretOf(link), $"{AccountDesk.Password} {n}", email: null, name: null, AuditOrigin.System, default)));

        Assert.Single(used, result => result.Ok);
        Assert.All(used.Where(result => !result.Ok), result => Assert.Equal("LINK_INVALID", result.Error?.Code));
    }

    [Fact]
    public async Task A_link_that_is_refused_a_password_can_be_used_again()
    {
        var secret = AccountDesk.SecretOf((await desk.Add.Run(new NewUser("again@rs.id", "Again"), AuditOrigin.System, default)).Value);

        Assert.Equal("PASSWORD_TOO_COMMON", (await desk.Use.Run(secret, "password2026", email: null, name: null, AuditOrigin.System, default)).Error?.Code);
        Assert.True((await desk.Use.Run(secret, AccountDesk.Password, email: null, name: null, AuditOrigin.System, default)).Ok);
    }

    [Fact]
    public async Task A_link_that_is_too_old_or_was_replaced_or_never_was_one_is_refused()
    {
        var email = await desk.Somebody();
        var first = AccountDesk.SecretOf((await desk.Reset.Run(email, withSecondFactor: false, AuditOrigin.System, default)).Value);
        var second = AccountDesk.SecretOf((await desk.Reset.Run(email, withSecondFactor: false, AuditOrigin.System, default)).Value);

        Assert.Equal("LINK_INVALID", (await desk.Use.Look(first, default)).Error?.Code);
        Assert.True((await desk.Use.Look(second, default)).Ok);
        await desk.Do(ExpireSql, ("hash", Secrets.Hash(second)));
        Assert.Equal("LINK_INVALID", (await desk.Use.Run(second, AccountDesk.Password, email: null, name: null, AuditOrigin.System, default)).Error?.Code);
        Assert.Equal("LINK_INVALID", (await desk.Use.Look("nonsense", default)).Error?.Code);
    }

    [Fact]
    public async Task Only_the_hash_of_a_link_is_stored()
    {
        var link = (await desk.Add.Run(new NewUser("hash@rs.id", "Hash"), AuditOrigin.System, default)).Value;

        Assert.True(await desk.Ask<bool>(StoredSql, ("secret", AccountDesk.SecretOf(link))));
    }

    [Fact]
    public async Task A_reset_leaves_the_old_password_until_the_link_is_used_and_then_ends_every_session()
    {
        var email = await desk.Somebody();
        var session = await desk.Enter(email);
        var link = (await desk.Reset.Run(email, withSecondFactor: false, AuditOrigin.System, default)).Value;
        Assert.Null(await desk.Try(email, AccountDesk.Password));

        Assert.True((await desk.Use.Run(AccountDesk.SecretOf(link), "gerimis di kaca jendela", email: null, name: null, AuditOrigin.System, default)).Ok);

        Assert.Null(await desk.Sessions.FindByCookie(session.Secret, default));
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, AccountDesk.Password));
        Assert.Null(await desk.Try(email, "gerimis di kaca jendela"));
    }

    [Fact]
    public async Task A_disabled_account_lets_nobody_in_and_those_who_are_in_out_at_once()
    {
        var email = await desk.Somebody();
        var session = await desk.Enter(email);
        var link = AccountDesk.SecretOf((await desk.Reset.Run(email, withSecondFactor: false, AuditOrigin.System, default)).Value);
        Assert.NotNull(await desk.Sessions.FindByCookie(session.Secret, default));

        Assert.True((await desk.Disable.Run(email, AuditOrigin.System, default)).Ok);

        Assert.Null(await desk.Sessions.FindByCookie(session.Secret, default));
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, AccountDesk.Password));
        Assert.Equal("LINK_INVALID", (await desk.Use.Run(link, AccountDesk.Password, email: null, name: null, AuditOrigin.System, default)).Error?.Code);
        Assert.NotNull((await desk.Of(email)).DisabledAt);
        Assert.True((await desk.Disable.Undo(email, AuditOrigin.System, default)).Ok);
        Assert.Null(await desk.Try(email, AccountDesk.Password));
        Assert.Null(await desk.Sessions.FindByCookie(session.Secret, default));
    }

    [Fact]
    public async Task Nobody_known_cannot_be_changed()
    {
        Assert.Equal("USER_NOT_FOUND", (await desk.Disable.Run("x@rs.id", AuditOrigin.System, default)).Error?.Code);
        Assert.Equal("USER_NOT_FOUND", (await desk.Disable.Undo("x@rs.id", AuditOrigin.System, default)).Error?.Code);
        Assert.Equal("USER_NOT_FOUND", (await desk.Reset.Run("x@rs.id", withSecondFactor: true, AuditOrigin.System, default)).Error?.Code);
        Assert.Equal("USER_NOT_FOUND", (await desk.Change.Role("x@rs.id", "admin", AuditOrigin.System, default)).Error?.Code);
        Assert.Equal("USER_NOT_FOUND", (await desk.Change.Grants("x@rs.id", [], AuditOrigin.System, default)).Error?.Code);
    }

    [Fact]
    public async Task Role_and_grants_hold_with_the_next_request_of_whoever_is_signed_in()
    {
        var email = await desk.Somebody(Policies.Client, "cashier");
        var session = await desk.Enter(email);

        await desk.Change.Role(email, Policies.Admin, AuditOrigin.System, default);
        await desk.Change.Grants(email, ["front-office"], AuditOrigin.System, default);

        var user = await desk.Sessions.FindByCookie(session.Secret, default);
        Assert.Equal(Policies.Admin, user!.Role);
        Assert.Equal(["front-office"], user.Grants);
        Assert.Equal("ROLE_UNKNOWN", (await desk.Change.Role(email, "owner", AuditOrigin.System, default)).Error?.Code);
        Assert.Equal("GRANT_UNKNOWN", (await desk.Change.Grants(email, ["pilot"], AuditOrigin.System, default)).Error?.Code);
    }

    [Fact]
    [Trait("Spec", "D-182"), Trait("Spec", "D-183"), Trait("Spec", "D-193"), Trait("Spec", "D-552")]
    public async Task Whatever_is_done_to_an_account_is_in_the_audit_without_its_secrets()
    {
        var boss = new AuditOrigin(new Actor("boss", ActorKind.ApiKey));
        await desk.Somebody(Policies.Admin); // the last one could not be made a client again
        var link = (await desk.Add.Run(new NewUser("audited@rs.id", "Audited", Grants: ["cashier"]), boss, default)).Value;
        await desk.Use.Run(AccountDesk.SecretOf(link), AccountDesk.Password, email: null, name: null, AuditOrigin.System, default);
        await desk.Change.Role("audited@rs.id", Policies.Admin, boss, default);
        await desk.Change.Grants("audited@rs.id", ["front-office"], boss, default);
        await desk.Change.Role("audited@rs.id", Policies.Client, boss, default);
        await desk.Disable.Run("audited@rs.id", boss, default);

        var id = (await desk.Of("audited@rs.id")).Id;
        Assert.Equal(
            [
                """CREATE by api-key:boss -> {"name": "Audited", "role": "client", "email": "audited@rs.id", "phone": null, "grants": ["cashier"]}""",
                $$"""UPDATE by user:{{id}} -> {"password": "[redacted]"}""",
                """ROLE_CHANGE by api-key:boss: {"role": "client"} -> {"role": "admin"}""",
                """ROLE_CHANGE by api-key:boss: {"grants": ["cashier"]} -> {"grants": ["front-office"]}""",
                """ROLE_CHANGE by api-key:boss: {"role": "admin"} -> {"role": "client"}""",
                """UPDATE by api-key:boss -> {"disabled": true}""",
            ],
            await desk.Database.Statement(AuditSql, ("id", id.ToString())).Rows(r => r.GetString(0), default));
    }
}
