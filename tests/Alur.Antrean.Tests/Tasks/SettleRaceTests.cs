using Alur.Antrean.Tasks;
using Npgsql;

namespace Alur.Antrean.Tests.Tasks;

/// <summary>A refusal is settled while a poll stores the correction of what was refused, and has not committed it yet.</summary>
public sealed class SettleRaceTests
{
    private const string Visit = "2026/01/20/000001";

    private const string Settle = $$"""
        with settled as materialized (
            select j.id as job_id, j.channel, j.key, j.step, j.payload, 'FAILED' as state, 'REJECTED' as outcome, '201' as code, 'REFUSED: 201 bad'::text as reason, null::text as held_there
            from delivery.jobs j where j.key = '2026/01/20/000001'
        )
        {{SettleTasks.SettleEffects}}
        select count(*) from written_tasks
        """;

    private const string SaysWhatTheVisitSays = """
        select j.payload -> 'body' ->> 'namadokter' = v.payload ->> 'namadokter' and (j.payload ->> 'waktu')::timestamptz = t.waktu
        from delivery.jobs j join antrean.visits v on v.visit_id = j.key join antrean.tasks t on t.visit_id = j.key
        """;

    private const string Waiting = "select count(*) from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'";

    [Theory]
    [InlineData("update antrean.visits set payload = payload || '{\"namadokter\":\"dr. Lain\"}' where visit_id = '2026/01/20/000001'")]
    [InlineData("update antrean.tasks set waktu = waktu + interval '1 minute' where visit_id = '2026/01/20/000001'")]
    public async Task A_correction_that_commits_during_the_settle_of_a_refusal_goes_out(string correct)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Build();
        Assert.Equal("1 queued", await hospital.Standing(Visit));
        await hospital.Execute("update delivery.jobs set state = 'FAILED', fingerprint = 'x', finished_at = now()");
        await using var other = await hospital.Db.OpenConnectionAsync(ct);
        await using var held = await other.BeginTransactionAsync(ct);
        await Run(other, "select 1 from antrean.tasks for update");
        await Run(other, correct);
        await using var settler = await hospital.Db.OpenConnectionAsync(ct);
        var settling = Run(settler, Settle);
        while (await hospital.Scalar<long>(Waiting, settler.ProcessID) == 0) await Task.Delay(10, ct);
        await held.CommitAsync(ct);
        await settling;

        await hospital.Build();
        Assert.Equal("1 queued", await hospital.Standing(Visit));
        Assert.Contains("REOPENED corrected in Khanza meanwhile", await hospital.History(Visit, "1"), StringComparison.Ordinal);
        await hospital.Deliver();
        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));
        Assert.True(await hospital.Scalar<bool>(SaysWhatTheVisitSays));
    }

    private static async Task<object?> Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
