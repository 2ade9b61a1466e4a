using Alur.Platform.Data;
using Alur.Testing;
using Npgsql;

namespace Alur.Antrean.Tests.Tasks;

/// <summary>A database whose history was written before there was a journal for it.</summary>
public sealed class CarriedHistoryTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string BeforeTheJournal = "antrean/0006_undated_visits";

    // As the older program wrote it, one row after the other, of two visits at once.
    private const string Fill = """
        insert into antrean.task_history (site_id, visit_id, task, event, waktu, reason, actor, recorded_at) values
            (1, '2025/12/01/000001', '1', 'OBSERVED',  '2025-12-01 01:00:00+00',        null,                                        'system',        '2025-12-01 01:00:31.123456+00'),
            (1, '2025/12/01/000002', '3', 'OBSERVED',  '2025-12-01 01:05:00+00',        null,                                        'system',        '2025-12-01 01:00:31.123456+00'),
            (1, '2025/12/01/000001', '1', 'QUEUED',    '2025-12-01 01:00:00+00',        null,                                        'system',        '2025-12-01 01:01:00+00'),
            (1, '2025/12/01/000002', '3', 'HELD',      '2025-12-01 01:05:00+00',        'REGISTER_NOT_SENT',                         'system',        '2025-12-01 01:01:00+00'),
            (1, '2025/12/01/000001', '1', 'FAILED',    '2025-12-01 01:00:00.000001+00', '201 Peserta Siti Aminah tidak ditemukan',   'system',        '2025-12-01 01:02:00+00'),
            (1, '2025/12/01/000001', '1', 'REQUEUED',  '2025-12-01 01:00:00+00',        null,                                        'api-key:loket', '2025-12-01 01:03:00+00'),
            (1, '2025/12/01/000001', '1', 'REQUEUED',  null,                            null,                                        'user:01JADMIN', '2025-12-01 01:04:00+00'),
            (1, '2025/12/01/000001', '1', 'REQUEUED',  null,                            null,                                        'breaker',       '2025-12-01 01:05:00+00'),
            (2, '2025/12/01/000001', '1', 'SENT',      '2025-12-01 01:00:00+00',        '208 BPJS holds another moment',             'system',        '2025-12-01 01:06:00+00'),
            (1, '2025/12/01/000001', '1', 'CANCELLED', '2025-12-01 01:00:00+00',        '201 CANCELLED_AT_BPJS: atas nama Siti',     'system',        '2025-12-01 01:07:00+00');
        """;

    private const string Later = """
        insert into antrean.task_history (site_id, visit_id, task, event, waktu, reason) values (1, '2025/12/01/000001', '1', 'RESTORED', now(), null)
        """;

    private const string Told = """
        select concat_ws('|', site_id, visit_id, task, event, waktu at time zone 'UTC', coalesce(reason, '-'), actor, recorded_at at time zone 'UTC')
        from antrean.task_history order by id
        """;

    [Fact]
    [Trait("Spec", "A-151")]
    public async Task An_older_history_is_told_by_the_journal_as_it_was_recorded_and_goes_back_and_forth_unchanged()
    {
        var migrator = new Migrator(database.Database.OwnerConnectionString, TestDatabase.Modules);
        await migrator.Down(BeforeTheJournal);
        await Execute(database.App, Fill);
        var before = await Rows(Told);

        await migrator.Up();

        Assert.Equal(10, before.Count);
        Assert.Equal(before, await Rows(Told));
        Assert.Equal(["antrean.visit:1/2025/12/01/000001 7", "antrean.visit:1/2025/12/01/000002 2", "antrean.visit:2/2025/12/01/000001 1"], await Rows("select stream_id || ' ' || version from journal.streams order by stream_id"));
        Assert.Equal(["1,2,3,4,5,6,7"], await Rows("select string_agg(version::text, ',' order by position) from journal.entries where stream_id = 'antrean.visit:1/2025/12/01/000001'"));
        // No moment was made up, and no words of others went where nothing can be taken out again.
        Assert.Equal(["0"], await Rows("select count(*) filter (where performed_at <> recorded_at or e::text ~* 'siti|peserta')::text from journal.entries e"));
        Assert.Equal(["2"], await Rows("select count(*)::text from antrean.entry_words"));

        await migrator.Down(BeforeTheJournal);
        Assert.Equal(before, await Rows(Told));
        await Execute(database.App, Later);
        var after = await Rows(Told);
        await migrator.Up();

        Assert.Equal(11, after.Count);
        Assert.Equal(after, await Rows(Told));
        Assert.Equal(["11"], await Rows("select count(*)::text from journal.entries"));
        Assert.Equal(["antrean.visit:1/2025/12/01/000001 8"], await Rows("select stream_id || ' ' || version from journal.streams where version > 2"));
    }

    private static async Task Execute(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<List<string>> Rows(string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
