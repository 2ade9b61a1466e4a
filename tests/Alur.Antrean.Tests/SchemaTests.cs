using System.Text.Json.Nodes;
using Alur.Antrean.Tasks;
using Alur.Testing;
using Npgsql;

namespace Alur.Antrean.Tests;

public sealed class SchemaTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Spec", "A-015")]
    [Trait("Spec", "A-051")]
    [Trait("Spec", "A-053")]
    public async Task The_visit_record_has_the_specified_columns_and_no_event_type()
    {
        Assert.Equal(
            ["visit_id", "event_time", "status", "poli_id", "dokter_id", "payload", "task_progress"],
            (await Rows("select column_name from information_schema.columns where table_schema = 'antrean' and table_name = 'visit_events' and column_name <> 'site_id' order by ordinal_position")));
        Assert.Empty(await Rows("select column_name from information_schema.columns where table_schema = 'antrean' and column_name = 'event_type'"));
    }

    [Fact]
    [Trait("Spec", "A-016")]
    [Trait("Spec", "A-042")]
    [Trait("Spec", "A-044")]
    [Trait("Spec", "A-052")]
    [Trait("Spec", "A-054")]
    public async Task A_visit_exists_once_per_hospital_and_is_found_by_its_number()
    {
        var site = await Site();
        await AddVisit(site, Visit);

        var twice = await Assert.ThrowsAsync<PostgresException>(() => AddVisit(site, Visit));
        Assert.Equal("visits_site_id_visit_id_key", twice.ConstraintName);
        await AddVisit(await Site(), Visit); // another hospital has numbers of its own
        Assert.Equal([Visit], await Rows($"select visit_id from antrean.visit_events where site_id = {site} and visit_id = '{Visit}'"));
    }

    [Fact]
    [Trait("Spec", "A-020")]
    [Trait("Spec", "A-029")]
    [Trait("Spec", "A-048")]
    [Trait("Spec", "A-088")]
    public async Task The_specified_example_reads_as_specified()
    {
        var site = await Site();
        await AddVisit(site, "2026/01/20/000048");
        await Execute($"""
            insert into antrean.tasks (site_id, visit_id, task, status, waktu, waktu_khanza, source, first_seen_at, sent_at, failed_reason)
            select {site}, '2026/01/20/000048', x.task, x.status, now(), now(), 'test', now(), x.sent_at::timestamptz, x.reason
            from (values ('1', 'SENT_BPJS', '2026-01-20T10:00:00Z', null), ('3', 'SENT_BPJS', '2026-01-20T10:05:00Z', null),
                         ('4', 'FAILED_BPJS', null, 'Timeout'), ('5', 'DRAFT', null, null)) as x(task, status, sent_at, reason)
            """);

        var progress = (await Rows($"select task_progress::text from antrean.visit_events where site_id = {site}")).Single();

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"1":{"status":"SENT_BPJS","sentAt":"2026-01-20T10:00:00Z"},"3":{"status":"SENT_BPJS","sentAt":"2026-01-20T10:05:00Z"},
             "4":{"status":"FAILED_BPJS","failedReason":"Timeout"},"5":{"status":"DRAFT"}}
            """), JsonNode.Parse(progress)), progress);
    }

    [Fact]
    [Trait("Spec", "A-129")]
    [Trait("Spec", "A-131")]
    public async Task Progress_is_never_null_not_even_of_a_visit_without_any_task()
    {
        var site = await Site();
        await AddVisit(site, Visit);

        Assert.Equal(["{}"], await Rows($"select task_progress::text from antrean.visit_events where site_id = {site}"));
    }

    [Theory]
    [Trait("Spec", "A-019")]
    [InlineData("update antrean.tasks set status = 'SENT_BPJS'")] // without saying when
    [InlineData("update antrean.tasks set status = 'FAILED_BPJS'")] // without saying why
    [InlineData("update antrean.tasks set held_reason = 'NO_SCHEDULE', cancelled_reason = 'GONE_FROM_KHANZA'")]
    [InlineData("update antrean.tasks set held_reason = 'BECAUSE'")]
    [InlineData("update antrean.tasks set held_reason = 'NO_SCHEDULE', queued_at = now()")]
    [InlineData("update antrean.tasks set status = 'SENT', sent_at = now()")]
    [InlineData("update antrean.tasks set already_there = true")]
    [InlineData("update antrean.sites set mode = 'send'")]
    public async Task A_task_that_stands_nowhere_or_in_two_places_cannot_be_stored(string sql)
    {
        var site = await Site();
        await AddVisit(site, Visit);
        await Execute($"insert into antrean.tasks (site_id, visit_id, task, waktu, source, first_seen_at) values ({site}, '{Visit}', '3', now(), 'test', now())");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => Execute(sql));
        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

    [Theory]
    [Trait("Spec", "A-151")]
    [InlineData("update journal.entries set metadata = '{}' where starts_with(type, 'antrean.')")]
    [InlineData("delete from journal.entries where starts_with(type, 'antrean.')")]
    [InlineData("truncate journal.entries cascade")]
    public async Task History_is_append_only_for_the_server_and_for_the_owner(string sql)
    {
        await Execute($"with happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (select 1, 'x', '3', 'antrean.TASK_OBSERVED', now(), null, null, 'system'){TaskEntries.Append} select 1");

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => Execute(sql))).SqlState);
        await using var owner = database.Owner.CreateCommand(sql);
        Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => owner.ExecuteNonQueryAsync())).SqlState);
    }

    private async Task<short> Site() =>
        short.Parse((await Rows($"insert into antrean.sites (code, name, zone) values ('s{Guid.NewGuid():N}'::char(12), 'test', 'Asia/Jakarta') returning id")).Single());

    private Task AddVisit(short site, string visit) => Execute($"""
        insert into antrean.visits (site_id, visit_id, kind, kodebooking, event_time, service_date, poli_id, dokter_id, new_patient, source_hash)
        values ({site}, '{visit}', 'NON_JKN', '{visit}', '2026-01-20T08:00:00Z', '2026-01-20', '101', 'D001', false, '\x00')
        """);

    private async Task Execute(string sql)
    {
        await using var command = database.App.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<List<string>> Rows(string sql)
    {
        await using var command = database.App.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)!);
        return rows;
    }
}
