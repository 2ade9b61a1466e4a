using Npgsql;

namespace Alur.Platform.Tests.Journal;

public sealed class ImmutabilityTests(JournalDesk desk) : IClassFixture<JournalDesk>
{
    [Theory]
    [Trait("Spec", "C-102")]
    [InlineData("update journal.entries set description = 'other'")]
    [InlineData("delete from journal.entries")]
    [InlineData("truncate journal.entries")]
    [InlineData("update journal.commands set entries = '{}'")]
    [InlineData("delete from journal.commands")]
    [InlineData("delete from journal.streams")]
    [InlineData("update journal.streams set kind = 'other'")]
    [InlineData("update journal.streams set subject_id = 'other'")]
    [InlineData("update journal.event_types set schema = '{}'")]
    [InlineData("delete from journal.event_types")]
    [InlineData("select setval('journal.entries_position_seq', 1)")]
    [InlineData("alter table journal.entries disable trigger all")]
    [InlineData("insert into journal.entries (position, id, stream_id, version, type, schema_version, actor_kind, performed_at) overriding system value values (1, gen_random_uuid(), 'a:b', 1, 'X', 1, 'SYSTEM', now())")]
    [InlineData("insert into journal.entries (recorded_at, id, stream_id, version, type, schema_version, actor_kind, performed_at) values ('2020-01-01', gen_random_uuid(), 'a:b', 1, 'X', 1, 'SYSTEM', now())")]
    public async Task The_server_has_no_right_to_change_what_is_written(string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => JournalDesk.Execute(desk.Database.App, sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Theory]
    [Trait("Spec", "C-102")]
    [InlineData("update journal.entries set description = 'other'")]
    [InlineData("delete from journal.entries")]
    [InlineData("truncate journal.entries")]
    [InlineData("truncate journal.streams cascade")]
    [InlineData("delete from journal.streams")]
    [InlineData("update journal.commands set entries = '{}'")]
    [InlineData("delete from journal.event_types")]
    public async Task Not_even_the_owner_changes_it_by_accident(string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => JournalDesk.Execute(desk.Database.Owner, sql));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
    }

    [Theory]
    [Trait("Spec", "C-102")]
    [InlineData("update journal.streams set version = version - 1 where stream_id = '{0}'")]
    [InlineData("update journal.streams set version = 0 where stream_id = '{0}'")]
    [InlineData("update journal.streams set version = version + 1 where stream_id = '{0}'")]
    [InlineData("insert into journal.streams (stream_id, kind, version) values ('{0}', 'visit', 1) on conflict (stream_id) do update set version = 1")]
    [InlineData("insert into journal.streams (stream_id, kind, version) values ('{0}x', 'visit', 1)")]
    [InlineData("with m as (update journal.streams set version = version + 2 where stream_id = '{0}') insert into journal.entries (id, stream_id, version, type, schema_version, actor_kind, performed_at) values (gen_random_uuid(), '{0}', 4, 'QUEUE_JOINED', 1, 'SYSTEM', now())")]
    public async Task The_server_moves_a_stream_by_its_entries_and_not_otherwise(string sql)
    {
        var visit = JournalDesk.NewVisit();
        await desk.Append(JournalDesk.To(visit, JournalDesk.Happened(), JournalDesk.Happened()));

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => JournalDesk.Execute(desk.Database.App, sql.Replace("{0}", visit.Text, StringComparison.Ordinal)));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
        Assert.Equal(2, await desk.Ask<int>($"select version from journal.streams where stream_id = '{visit}'"));
        Assert.True((await desk.Append(JournalDesk.To(visit))).Ok);
    }

    [Theory]
    [InlineData("v", "null", "null")] // taken
    [InlineData("v + 1", "v + 1", "'itself'")]
    [InlineData("v + 1", "9", "'not there'")]
    [InlineData("v + 1", "1", "null")] // no reason
    public async Task The_database_itself_keeps_versions_unique_and_corrections_sensible(string version, string corrects, string description)
    {
        var visit = JournalDesk.NewVisit();
        await desk.Append(JournalDesk.To(visit, JournalDesk.Happened(), JournalDesk.Happened()));
        var insert = $"""
            insert into journal.entries (id, stream_id, version, type, schema_version, actor_kind, performed_at, corrects, description)
            select gen_random_uuid(), s.stream_id, {version}, 'QUEUE_JOINED', 1, 'SYSTEM', now(), {corrects}, {description}
            from (select stream_id, version as v from journal.streams where stream_id = '{visit}') s
            """;

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => JournalDesk.Execute(desk.Database.App, insert));
        Assert.StartsWith("23", refusal.SqlState, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "C-107"), Trait("Spec", "C-108")]
    public async Task The_timeline_and_the_look_up_by_type_have_indexes_of_their_own()
    {
        var indexes = await desk.Ask<string[]>("select array_agg(indexdef order by indexname) from pg_indexes where schemaname = 'journal' and tablename = 'entries'");

        Assert.Contains(indexes, i => i.EndsWith("(stream_id, performed_at, \"position\")", StringComparison.Ordinal));
        Assert.Contains(indexes, i => i.EndsWith("(type, performed_at)", StringComparison.Ordinal));
    }
}
