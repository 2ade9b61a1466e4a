using System.Data.Common;

namespace Alur.Antrean.Tests.Polling;

/// <summary>A poll reads one moment of Khanza, with few statements, and finishes or changes nothing.</summary>
public sealed class OneSnapshotTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Spec", "A-083")]
    public async Task The_number_of_statements_does_not_grow_with_the_number_of_visits()
    {
        var statements = new List<string>();
        await using var hospital = await TestHospital.Open(khanza: real => new WatchedDatabase(real, (_, sql) =>
        {
            statements.Add(sql);
            return Task.CompletedTask;
        }));
        await hospital.FullVisit("2026/01/20/000001");
        await hospital.Poll();
        var one = statements.Count;
        statements.Clear();

        foreach (var i in Enumerable.Range(2, 60))
            await hospital.FullVisit($"2026/01/20/{i:000000}");
        Assert.Equal(60, (await hospital.Poll()).Changed);

        Assert.Equal(one, statements.Count);
        // Five reads by visit or booking number, three small tables whole, the transaction around them.
        Assert.Equal(3 + 3 + 5, one);
        Assert.All(statements.Where(s => s.Contains("where", StringComparison.Ordinal)), s => Assert.Contains(" between @from and @to", s, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tables_that_no_source_of_the_hospital_needs_are_not_read()
    {
        var statements = new List<string>();
        await using var hospital = await TestHospital.Open(new() { ["Profile"] = "task-columns" }, khanza: real => new WatchedDatabase(real, (_, sql) =>
        {
            statements.Add(sql);
            return Task.CompletedTask;
        }));
        await hospital.Khanza.Execute("alter table reg_periksa add task_id_3 datetime, add task_id_4 datetime, add task_id_5 datetime;");

        await hospital.Poll();

        Assert.DoesNotContain(statements, s => s.Contains("mutasi_berkas", StringComparison.Ordinal) || s.Contains("pemeriksaan_ralan", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_desktop_writes_during_the_read_is_seen_by_the_next_poll()
    {
        TestHospital? open = null;
        await using var hospital = await TestHospital.Open(khanza: real => new WatchedDatabase(real, async (nth, _) =>
        {
            if (nth == 3) // the snapshot stands, nothing was read yet
                await open!.FullVisit(Visit);
        }));
        open = hospital;

        Assert.Equal(0, (await hospital.Poll()).Read);
        Assert.Equal(1, (await hospital.Poll()).Read);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(11)]
    public async Task A_read_that_breaks_off_changes_nothing_and_says_so(int at)
    {
        TestHospital? open = null;
        var breaks = false;
        var nth = 0;
        await using var hospital = await TestHospital.Open(khanza: real => new WatchedDatabase(real, async (_, _) =>
        {
            if (breaks && ++nth == at)
                await KillReaders(open!);
        }));
        open = hospital;
        await hospital.FullVisit("2026/01/20/000001");
        await hospital.FullVisit("2026/01/20/000002");
        await hospital.Poll();
        var before = await Everything(hospital);

        await hospital.Khanza.Execute("delete from reg_periksa where no_rawat = '2026/01/20/000001'");
        await hospital.FullVisit("2026/01/20/000003");
        breaks = true;
        await Assert.ThrowsAnyAsync<DbException>(hospital.Poll);
        Assert.Equal(before, await Everything(hospital));
        Assert.NotNull(await hospital.Scalar<string>("select last_poll_error from antrean.sites"));

        breaks = false;
        var poll = await hospital.Poll();
        Assert.Equal((1, 1), (poll.Changed, poll.Missing));
        Assert.Null(await hospital.Scalar<string>("select last_poll_error from antrean.sites"));
    }

    private static async Task KillReaders(TestHospital hospital)
    {
        await using var root = new MariaDb.MariaDbDataSource(hospital.Khanza.Server.Root);
        var sessions = new List<long>();
        await using (var find = root.CreateCommand($"select id from information_schema.processlist where user = '{hospital.Khanza.ReaderOptions.User}'"))
        await using (var reader = await find.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                sessions.Add(Convert.ToInt64(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture));
        }
        Assert.NotEmpty(sessions);
        foreach (var session in sessions)
        {
            await using var kill = root.CreateCommand($"kill connection {session}");
            await kill.ExecuteNonQueryAsync();
        }
    }

    private static Task<List<string>> Everything(TestHospital hospital) => hospital.Column("""
        select 'visit', v::text from antrean.visits v
        union all select 'task', t::text from antrean.tasks t
        union all select 'history', h::text from antrean.task_history h
        order by 1, 2
        """);
}
