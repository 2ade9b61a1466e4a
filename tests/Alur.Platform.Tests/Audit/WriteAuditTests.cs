using System.Text.Json.Nodes;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Audit;

public sealed class WriteAuditTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly TestDatabase _database = fixture.Database;

    [Fact]
    [Trait("Spec", "D-159"), Trait("Spec", "D-161"), Trait("Spec", "D-162"), Trait("Spec", "D-163"), Trait("Spec", "D-164"), Trait("Spec", "D-165")]
    [Trait("Spec", "D-166"), Trait("Spec", "D-167"), Trait("Spec", "D-168"), Trait("Spec", "D-169"), Trait("Spec", "D-455")]
    public async Task An_entry_says_who_did_what_to_what_from_where_and_when()
    {
        var user = await _database.User();

        await _database.Write(
            new AuditOrigin(new Actor(user.ToString(), ActorKind.User), "admin", "10.0.0.7", "Mozilla/5.0"),
            new AuditEntry(AuditAction.Update, AuditDesk.Things, "who-did-what", new { Colour = "red" }, new { Colour = "blue" }));

        Assert.Equal(
            [$$"""{{user}} UPDATE things who-did-what {"colour": "red"} {"colour": "blue"} 10.0.0.7 Mozilla/5.0 user:{{user}} admin t"""],
            await _database.Column("""
                select concat_ws(' ', user_id, action, resource, resource_id, old_values, new_values, ip_address, user_agent, performed_by, actor_role,
                    timestamp between now() - interval '1 minute' and now())
                from audit.audit_logs where resource_id = 'who-did-what'
                """));
    }

    [Fact]
    public async Task What_is_rolled_back_was_never_done()
    {
        await using (var connection = await _database.App.OpenConnectionAsync())
        await using (var tx = await connection.BeginTransactionAsync())
        {
            await WriteAudit.Run(tx, AuditDesk.Desk, new AuditEntry(AuditAction.Delete, AuditDesk.Things, "rolled-back"), CancellationToken.None);
            await tx.RollbackAsync();
        }

        Assert.Empty(await _database.Column("select id from audit.audit_logs where resource_id = 'rolled-back'"));
    }

    [Fact]
    [Trait("Spec", "D-552")]
    public async Task Secrets_are_not_kept_at_whatever_depth_they_are_and_that_they_changed_is()
    {
        var before = new JsonObject
        {
            ["name"] = "SIMRS",
            ["password_hash"] = "s3cr3t-1",
            ["Credentials"] = new JsonObject { ["user"] = "s3cr3t-2" },
            ["accounts"] = new JsonArray(new JsonObject { ["api-key"] = "s3cr3t-3", ["role"] = "client" }),
            ["refreshToken"] = "s3cr3t-4",
            ["totp_key"] = null,
        };

        await _database.Write(AuditDesk.Desk, new AuditEntry(AuditAction.Update, AuditDesk.Things, "secrets", before, new { ConsId = "1", SecretKey = "s3cr3t-5" }));

        var row = Assert.Single(await _database.Column("select a::text from audit.audit_logs a where resource_id = 'secrets'"));
        Assert.DoesNotContain("s3cr3t", row, StringComparison.Ordinal);
        var old = JsonNode.Parse(Assert.Single(await _database.Column("select old_values from audit.audit_logs where resource_id = 'secrets'")))!;
        Assert.All(["password_hash", "Credentials", "refreshToken"], name => Assert.Equal("[redacted]", (string?)old[name]));
        Assert.Equal("[redacted] client", $"{old["accounts"]![0]!["api-key"]} {old["accounts"]![0]!["role"]}");
        Assert.Equal("SIMRS", (string?)old["name"]);
        Assert.True(old.AsObject().ContainsKey("totp_key") && old["totp_key"] is null);
    }

    [Fact]
    [Trait("Spec", "D-181")]
    public async Task There_are_exactly_the_twelve_specified_actions()
    {
        string[] specified =
            ["CREATE", "DELETE", "EXPORT", "IMPORT", "LOGIN", "LOGOUT", "PAYMENT_FAILED", "PAYMENT_INIT", "PAYMENT_SUCCESS", "ROLE_CHANGE", "UPDATE", "VIEW"];

        await _database.Write(AuditDesk.Desk, [.. Enum.GetValues<AuditAction>().Select(action => new AuditEntry(action, AuditDesk.Things, "every-action"))]);

        Assert.Equal(specified, await _database.Column("select action from audit.audit_logs where resource_id = 'every-action' order by action collate \"C\""));
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _database.Execute(
            "insert into audit.audit_logs (id, action, resource, performed_by, retention) values (gen_random_uuid(), 'RESET', 'things', 'system', 'general')"));
        Assert.Equal("audit_logs_action", refusal.ConstraintName);
    }

    [Fact]
    public async Task Texts_that_no_field_can_hold_lose_what_cannot_be_held_and_not_the_entry()
    {
        await _database.Write(AuditDesk.Desk, new AuditEntry(AuditAction.Create, AuditDesk.Things, "odd-text", NewValues: new { Note = "a\0b\ud800c" }));

        Assert.Equal(["""{"note": "ab�c"}"""], await _database.Column("select new_values from audit.audit_logs where resource_id = 'odd-text'"));
    }

    [Theory]
    [InlineData("update audit.audit_logs set performed_by = 'me'")]
    [InlineData("delete from audit.audit_logs")]
    [InlineData("truncate audit.audit_logs")]
    [InlineData("alter table audit.audit_logs disable trigger all")]
    [InlineData("select * from audit.audit_logs_default")]
    [InlineData("insert into audit.audit_logs (id, action, resource, performed_by, retention, timestamp) values (gen_random_uuid(), 'VIEW', 'things', 'me', 'general', '2020-01-01')")]
    public async Task The_server_can_only_add_to_it(string sql)
    {
        await using var command = _database.App.CreateCommand(sql);

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [Theory]
    [InlineData("update audit.audit_logs set performed_by = 'me'")]
    [InlineData("update audit.audit_logs set user_id = null, action = 'CREATE'")]
    [InlineData("delete from audit.audit_logs")]
    [InlineData("delete from audit.audit_logs_default")]
    [InlineData("truncate audit.audit_logs")]
    public async Task Not_even_the_owner_changes_it_by_accident(string sql)
    {
        await _database.Write(AuditDesk.Desk, new AuditEntry(AuditAction.View, AuditDesk.Things, "owner"));
        await _database.Execute("""
            insert into audit.audit_logs (id, action, resource, performed_by, retention, timestamp)
            values (gen_random_uuid(), 'VIEW', 'things', 'system', 'general', '2001-01-01')
            """);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _database.Execute(sql));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
    }

    [Fact]
    [Trait("Spec", "D-171"), Trait("Spec", "D-508")]
    public async Task An_account_that_goes_leaves_its_name_in_what_it_did()
    {
        var user = await _database.User();
        await _database.Write(new AuditOrigin(new Actor(user.ToString(), ActorKind.User)), new AuditEntry(AuditAction.Create, AuditDesk.Things, "goes"));

        await _database.Execute($"delete from identity.users where id = '{user}'");

        Assert.Equal([$" user:{user}"], await _database.Column("select concat(user_id, ' ', performed_by) from audit.audit_logs where resource_id = 'goes'"));
    }
}
