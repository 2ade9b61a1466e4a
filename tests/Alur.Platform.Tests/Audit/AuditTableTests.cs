using Alur.Platform.Audit;
using Alur.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Alur.Platform.Tests.Audit;

public sealed class AuditTableTests
{
    private static readonly string[] Specified =
    [
        "(action)", "(id, timestamp)", "(resource)", "(resource, resource_id)", "(resource, timestamp DESC)", "(timestamp)", "(timestamp, action)",
        "(user_id)", "(user_id, action, timestamp DESC)", "(user_id, timestamp)",
    ];

    [Fact]
    [Trait("Spec", "D-160"), Trait("Spec", "D-170"), Trait("Spec", "D-172"), Trait("Spec", "D-173"), Trait("Spec", "D-174"), Trait("Spec", "D-175")]
    [Trait("Spec", "D-176"), Trait("Spec", "D-177"), Trait("Spec", "D-178"), Trait("Spec", "D-179"), Trait("Spec", "D-180"), Trait("Spec", "D-315")]
    public async Task It_has_exactly_the_specified_indexes_and_so_has_every_month()
    {
        await using var database = await TestDatabase.Create();

        foreach (var table in (string[])["audit_logs", $"audit_logs_{DateTime.UtcNow:yyyy_MM}"])
        {
            Assert.Equal(Specified, await database.Column($"""
                select replace(regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING btree ', ''), '"', '') collate "C"
                from pg_index i where i.indrelid = 'audit.{table}'::regclass order by 1
                """));
        }
    }

    [Fact]
    [Trait("Spec", "D-336"), Trait("Spec", "D-353"), Trait("Spec", "D-471"), Trait("Spec", "D-507")]
    public async Task An_entry_is_in_the_partition_of_its_month_from_the_first_moment_on()
    {
        await using var database = await TestDatabase.Create();

        await database.Write(AuditOrigin.System, new AuditEntry(AuditAction.Create, AuditDesk.Things));

        Assert.Equal([$"audit.audit_logs_{DateTime.UtcNow:yyyy_MM}"], await database.Column("select tableoid::regclass::text from audit.audit_logs"));
    }

    [Fact]
    public async Task What_fell_into_the_default_partition_is_moved_into_its_month_whatever_the_session_says_of_zones()
    {
        await using var database = await TestDatabase.Create();
        var month = new DateTime(DateTime.UtcNow.Year, DateTime.UtcNow.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(-2);
        await Add(database, $"{month.AddSeconds(-1):yyyy-MM-dd HH:mm:ss}+00", "general", "last");
        await Add(database, $"{month:yyyy-MM-dd HH:mm:ss}+00", "general", "first");
        await using (var connection = new NpgsqlConnection(database.AppConnectionString + ";Timezone=Pacific/Auckland"))
        {
            await connection.OpenAsync();
            await using var ensure = new NpgsqlCommand("select audit.ensure_partitions(0)", connection);
            Assert.Equal(3, (int)(await ensure.ExecuteScalarAsync())!);
            Assert.Equal(0, (int)(await ensure.ExecuteScalarAsync())!);
        }

        Assert.Equal(
            [$"audit.audit_logs_{month.AddMonths(-1):yyyy_MM} last", $"audit.audit_logs_{month:yyyy_MM} first"],
            await database.Column("select tableoid::regclass || ' ' || resource_id from audit.audit_logs order by timestamp"));
        Assert.Equal(["0"], await database.Column("select pg_relation_size('audit.audit_logs_default')"));
        Assert.Equal(
            PostgresErrorCodes.RestrictViolation,
            (await Assert.ThrowsAsync<PostgresException>(() => database.Execute($"delete from audit.audit_logs_{month:yyyy_MM}"))).SqlState);
    }

    [Fact]
    [Trait("Spec", "D-354"), Trait("Spec", "X-020")]
    public async Task General_entries_go_after_six_years_and_medical_ones_after_25()
    {
        await using var database = await TestDatabase.Create();
        await Old(database, Ago(71), "general", "71 months");
        await Old(database, Ago(74), "general", "74 months");
        await Old(database, Ago(74), "medical", "74 months, medical");
        await Old(database, Ago(75), "general", "75 months, alone");
        await Old(database, Ago(299), "medical", "299 months, medical");
        await Old(database, Ago(302), "medical", "302 months, medical");

        var forgotten = await Keep(database, new AuditOptions());

        Assert.Equal(["299 months, medical", "74 months, medical", "71 months"], await database.Column("select resource_id from audit.audit_logs order by timestamp"));
        Assert.Equal(3, forgotten.Entries);
        Assert.Equal(new ForgottenAudit(0, 0), await Keep(database, new AuditOptions()));
    }

    [Theory]
    [InlineData("select audit.forget(interval '11 months', interval '25 years')")]
    [InlineData("select audit.forget(interval '1 year', interval '24 years')")]
    [InlineData("select audit.forget(interval '-100 years 36360 days', interval '-100 years 46000 days')")] // a year by PostgreSQL's reckoning, and in the future
    [InlineData("select audit.forget(interval '6 years', interval '-100 years 45400 days')")]
    [InlineData("select audit.forget(null, null)")]
    [InlineData("select audit.forget(interval '6 years', null)")]
    [Trait("Spec", "X-020")]
    public async Task Not_even_the_server_can_take_what_is_young(string sql)
    {
        await using var database = await TestDatabase.Create();
        await using var command = database.App.CreateCommand(sql);

        Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    [Trait("Spec", "X-020")]
    public async Task Medical_years_below_25_stop_the_start()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => AlurApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Audit:MedicalYears"] = "24" }));

        Assert.Contains("Audit:MedicalYears must be between 25 and 200", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<ForgottenAudit> Keep(TestDatabase database, AuditOptions options) =>
        new KeepAudit(database.App, options, NullLogger<KeepAudit>.Instance).RunOnce(CancellationToken.None);

    private static string Ago(int months) => DateTime.UtcNow.AddMonths(-months).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    // In a partition of its month, which was made when it was young.
    private static async Task Old(TestDatabase database, string at, string retention, string id)
    {
        await database.Execute($"""
            do $$
            declare first date := date_trunc('month', date '{at}')::date;
            begin
                if to_regclass('audit.audit_logs_' || to_char(first, 'YYYY_MM')) is null then
                    execute format('create table audit.%I partition of audit.audit_logs for values from (%L) to (%L)', 'audit_logs_' || to_char(first, 'YYYY_MM'),
                        first || ' 00:00:00+00', (first + interval '1 month')::date || ' 00:00:00+00');
                end if;
            end $$
            """);
        await Add(database, at, retention, id);
    }

    private static Task<int> Add(TestDatabase database, string at, string retention, string id) => database.Execute($"""
        insert into audit.audit_logs (id, action, resource, resource_id, performed_by, retention, timestamp)
        values (gen_random_uuid(), 'VIEW', 'things', '{id}', 'system', '{retention}', '{at}')
        """);
}
