using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Alur.Platform.Data;
using Alur.Platform.Doctor;
using Alur.Platform.Identity;
using Alur.Platform.Tests.Audit;
using Alur.Platform.Tests.Delivery;
using Alur.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alur.Platform.Tests.Identity;

/// <summary>What phones compute codes from is worth nothing to whoever has the database alone.</summary>
public sealed class SecondFactorKeyTests(AccountDesk desk) : IClassFixture<AccountDesk>
{
    private const string TurnOnSql = """
        update identity.sign_ins s set totp_secret = @secret, totp_since = now(), totp_last_step = null from identity.users u where u.id = s.user_id and u.email = @email
        """;

    private const string StoredSql = "select s.totp_secret from identity.sign_ins s join identity.users u on u.id = s.user_id where u.email = @email";
    private const string SwapSql = "update identity.sign_ins s set totp_secret = @secret from identity.users u where u.id = s.user_id and u.email = @email";

    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    [Fact]
    public async Task A_second_factor_is_encrypted_from_its_first_moment_and_in_the_audit_when_it_holds()
    {
        await using var app = await AlurApp.Start();
        using var client = await app.AsUser(Policies.Client);
        var offer = await Data(await client.PostAsJsonAsync("/api/auth/second-factor", new { current_password = AlurApp.Password }));
        var secret = AuthTests.FromBase32((string)offer["secret"]!);

        Assert.Equal(["56 false"], await app.Database.Column(
            $"select length(totp_secret) || ' ' || (position('\\x{Convert.ToHexStringLower(secret)}'::bytea in totp_secret) > 0) from identity.sign_ins where totp_secret is not null"));
        await Data(await client.PostAsJsonAsync("/api/auth/second-factor/confirm", new { code = Code(secret) }));

        var me = await Data(await client.GetAsync("/api/auth/me"));
        Assert.Equal(
            [$$"""UPDATE user:{{me["id"]}} {"second_factor": true}"""],
            await app.Database.Column($"select concat_ws(' ', action, performed_by, new_values) from audit.audit_logs where resource_id = '{me["id"]}' and new_values ? 'second_factor'"));
    }

    [Fact]
    public async Task The_key_is_a_file_that_only_its_maker_can_read_made_once_however_many_ask()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => desk.Keys.Make())));

        Assert.All(made, Assert.Null);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(desk.KeyFile));
        Assert.Single(await File.ReadAllLinesAsync(desk.KeyFile), line => !line.StartsWith('#'));
        Assert.Equal([desk.KeyFile], Directory.GetFiles(Path.GetDirectoryName(desk.KeyFile)!, Path.GetFileName(desk.KeyFile) + "*")); // no half-made one beside it
    }

    [Fact]
    public async Task What_a_release_before_kept_as_it_was_is_encrypted_at_its_next_use_and_works_on()
    {
        var email = await desk.Somebody();
        await desk.Do(TurnOnSql, ("email", email), ("secret", Secret));

        Assert.Null(await desk.Try(email, AccountDesk.Password, Code(Secret)));

        var stored = await desk.Ask<byte[]>(StoredSql, ("email", email));
        Assert.Equal(56, stored.Length);
        Assert.Equal(-1, stored.AsSpan().IndexOf(Secret));
        await desk.Do(TurnOnSql, ("email", email), ("secret", stored)); // the half minute's code is free again
        Assert.Null(await desk.Try(email, AccountDesk.Password, Code(Secret)));
    }

    [Fact]
    public async Task What_a_release_before_kept_as_it_was_is_encrypted_at_the_start()
    {
        await using var app = await AlurApp.Start();
        var email = await app.NewUser(Policies.Client);
        await app.Database.Owner.Statement(TurnOnSql, ("email", email), ("secret", Secret)).Run(default);

        await using var next = await AlurApp.Start(onto: app.Database);

        Assert.Equal(["56"], await app.Database.Column("select length(totp_secret) from identity.sign_ins where totp_secret is not null"));
        using var answer = await next.AsStranger().PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password, code = Code(Secret) });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Without_its_key_nobody_signs_in_everybody_is_told_why_and_a_reset_helps()
    {
        await using var app = await AlurApp.Start();
        var email = await app.NewUser(Policies.Client);
        await app.Database.Owner.Statement(TurnOnSql, ("email", email), ("secret", Secret)).Run(default);
        await using (await AlurApp.Start(onto: app.Database, settings: Place("lost")))
        {
        }

        File.Delete(Place("lost").Values.Single()!);
        await using var next = await AlurApp.Start(onto: app.Database, settings: Place("other"));
        var log = new KeptLines();
        await new SealSecondFactors(app.Database.App, Keys("other"), log).Run(default);
        var found = Assert.Single(await new CheckSecondFactors(Keys("other")).Run(new DoctorRound(Subject: null, app.Database.App), default));

        Assert.Contains("Accounts whose second factor cannot be read: 1.", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Equal((FindingLevel.Wrong, true), (found.Level, found.Found.English.Contains(email, StringComparison.Ordinal)));
        var refused = await Refusal.Of(Enter(next, email, Code(Secret)), HttpStatusCode.Conflict, "SECOND_FACTOR_UNREADABLE");
        Assert.Contains("./alur user reset EMAIL --second-factor", (string?)refused["detail"], StringComparison.Ordinal);
        await Refusal.Of(next.AsStranger().PostAsJsonAsync("/api/auth/login", new { email, password = "wrong", code = "1" }), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");

        (await next.AsAdmin().PostAsJsonAsync($"/api/admin/users/{email}/reset", new { second_factor = true })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, (await Enter(next, email, code: null)).StatusCode);
        Assert.Empty(await new CheckSecondFactors(Keys("other")).Run(new DoctorRound(Subject: null, app.Database.App), default));
    }

    [Fact]
    public async Task A_key_that_was_found_again_is_put_beside_the_newer_one_and_its_secrets_move_to_the_first()
    {
        var (one, other) = (await desk.Somebody(), await desk.Somebody());
        var (old, latest) = (Keys("old"), Keys("latest"));
        var user = (await desk.Of(one)).Id;
        var stored = old.Seal(user, Secret).Value;
        await desk.Do(TurnOnSql, ("email", one), ("secret", stored));
        await desk.Do(TurnOnSql, ("email", other), ("secret", latest.Seal((await desk.Of(other)).Id, Secret).Value));
        Assert.Equal("SECOND_FACTOR_UNREADABLE", latest.Open(user, stored).Error?.Code);

        await File.AppendAllTextAsync(latest.Place!, await File.ReadAllTextAsync(old.Place!));
        await new SealSecondFactors(desk.Database, latest, NullLogger<SealSecondFactors>.Instance).Run(default);

        Assert.True(latest.IsCurrent(await desk.Ask<byte[]>(StoredSql, ("email", one))));
        Assert.Equal(Secret, latest.Open(user, await desk.Ask<byte[]>(StoredSql, ("email", one))).Value);
    }

    [Fact]
    public async Task A_secret_that_is_moved_to_another_account_or_changed_opens_nothing()
    {
        var (one, other) = (await desk.Somebody(), await desk.Somebody());
        var stored = desk.Keys.Seal((await desk.Of(one)).Id, Secret).Value;
        await desk.Do(TurnOnSql, ("email", other), ("secret", stored));
        Assert.Equal("SECOND_FACTOR_UNREADABLE", await desk.Try(other, AccountDesk.Password, Code(Secret)));

        stored[^1] ^= 1;
        await desk.Do(TurnOnSql, ("email", one), ("secret", stored));
        Assert.Equal("SECOND_FACTOR_UNREADABLE", await desk.Try(one, AccountDesk.Password, Code(Secret)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("# only words\n")]
    [InlineData("c2hvcnQ\n")]
    [InlineData("no base64!\n")]
    public async Task Where_there_is_no_key_nobody_can_begin_a_second_factor(string? content)
    {
        var keys = content is null ? new SecondFactorKeys(new IdentityOptions()) : Keys($"bad {content.Length}");
        if (content is not null) await File.WriteAllTextAsync(keys.Place!, content);

        Assert.Equal("SECOND_FACTOR_KEY_MISSING", keys.Seal(Guid.NewGuid(), Secret).Error?.Code);
        Assert.Equal("SECOND_FACTOR_KEY_MISSING", keys.Make()?.Code);
    }

    [Fact]
    public async Task A_secret_that_a_release_before_kept_works_on_where_no_place_is_named_for_a_key_and_the_doctor_says_so()
    {
        await using var database = await TestDatabase.Create();
        var user = await database.User();
        await database.Execute($"insert into identity.sign_ins (user_id, totp_secret, totp_since) values ('{user}', '12345678901234567890', now())");
        var none = new SecondFactorKeys(new IdentityOptions());

        await new SealSecondFactors(database.App, none, NullLogger<SealSecondFactors>.Instance).Run(default);

        Assert.Equal(["20"], await database.Column("select length(totp_secret) from identity.sign_ins"));
        Assert.Equal(Secret, none.Open(user, Secret).Value);
        Assert.Equal(FindingLevel.Warning, Assert.Single(await new CheckSecondFactors(none).Run(new DoctorRound(Subject: null, database.App), default)).Level);
    }

    [Fact]
    public async Task The_way_back_to_a_release_before_leaves_nobody_in_without_a_code()
    {
        await using var database = await TestDatabase.Create();
        var user = await database.User();
        await database.Execute($"insert into identity.sign_ins (user_id, totp_secret, totp_since) values ('{user}', sha256('a') || substring(sha256('b') for 24), now())");

        await database.Execute(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "src/Alur.Platform/Migrations/0011_sealed_second_factors.down.sql")));

        Assert.Equal(["20 t"], await database.Column("select concat_ws(' ', length(totp_secret), totp_since is not null) from identity.sign_ins"));
    }

    private SecondFactorKeys Keys(string name) => new(new IdentityOptions { SecondFactorKeyFile = Place(name).Values.Single() });

    private Dictionary<string, string?> Place(string name) => new(StringComparer.Ordinal) { ["Identity:SecondFactorKeyFile"] = Path.Combine(Path.GetDirectoryName(desk.KeyFile)!, name) };

    private static Task<HttpResponseMessage> Enter(AlurApp app, string email, string? code) =>
        app.AsStranger().PostAsJsonAsync("/api/auth/login", new { email, password = AlurApp.Password, code });

    private static async Task<JsonNode> Data(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }

    private static string Code(byte[] secret) => Totp.Code(secret, DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30);
}
