using Alur.Antrean.Tasks;
using Npgsql;

namespace Alur.Antrean.Tests.Tasks;

/// <summary>The settle writes tasks without locking them first: it must reach them in key order by itself, or it and a poll could wait for each other.</summary>
public sealed class SettleOrderTests
{
    private const int Many = 200;

    private const string Tasks = """
        insert into antrean.tasks (site_id, visit_id, task, waktu, source, first_seen_at, queued_at)
        select s.id, to_char(n, 'FM0000'), '3', now(), 'test', now(), now() from antrean.sites s, generate_series(1, 200) n
        """;

    // Results in the reverse of the key order, as senders may well hand them over.
    private const string Settle = $$"""
        with settled as materialized (
            select n::bigint as job_id, 'bpjs:default' as channel, to_char(n, 'FM0000') as key, 40 as step,
                   jsonb_build_object('waktu', now()) as payload, 'SENT' as state, 'DELIVERED' as outcome, '200' as code, null::text as reason, null::text as held_there
            from generate_series(200, 1, -1) n
        )
        {{SettleTasks.SettleEffects}}
        select count(*) from written_tasks
        """;

    private const string Free = "select visit_id from antrean.tasks where visit_id <> '0200' for update skip locked";

    private const string Waiting = "select count(*) from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'";

    [Fact]
    public async Task Tasks_are_written_in_key_order_whatever_the_order_of_the_results()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Poll();
        await hospital.Execute(Tasks);
        await using var other = await hospital.Db.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var held = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await Run(other, "select 1 from antrean.tasks where visit_id = '0200' for update");

        await using var settler = await hospital.Db.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var settling = Run(settler, Settle);
        while (await hospital.Scalar<long>(Waiting, settler.ProcessID) == 0) await Task.Delay(10, TestContext.Current.CancellationToken);

        Assert.Empty(await hospital.Column(Free));
        await held.RollbackAsync(TestContext.Current.CancellationToken);
        Assert.Equal((long)Many, await settling);
    }

    private static async Task<object?> Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
