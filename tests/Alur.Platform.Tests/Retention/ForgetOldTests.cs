using Alur.Platform.Delivery;
using Alur.Platform.Retention;
using Alur.Platform.Tests.Delivery;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Alur.Platform.Tests.Retention;

public sealed class ForgetOldTests
{
    [Fact]
    public async Task Jobs_and_their_lane_are_forgotten_90_days_after_the_last_of_them_finished()
    {
        await using var station = await Sent("old", "young");
        await station.Execute("update delivery.jobs set created_at = now() - interval '100 days', finished_at = now() - interval '91 days' where key = 'old'");
        await station.Execute("update delivery.jobs set created_at = now() - interval '100 days', finished_at = now() - interval '91 days' where key = 'young' and step = 10");

        var forgotten = await Forget(station);

        Assert.Equal((2, 1), (forgotten.Jobs, forgotten.Lanes));
        Assert.Equal("young/10,young/20", await Jobs(station));
        Assert.Equal("young", await station.Scalar<string>("select string_agg(key, ',') from delivery.lanes"));
        Assert.Equal(new Forgotten(), await Forget(station));
    }

    [Theory]
    [InlineData("PENDING behind what failed")]
    [InlineData("leased")]
    [InlineData("open")]
    public async Task A_lane_with_anything_unfinished_keeps_every_job_and_payload(string why)
    {
        await using var station = await Station.Open();
        station.Destination.Says(job => job.Step == 20 ? new Rejected("no such patient") : new Delivered());
        await station.Enqueue(Station.Job("v", 10), Station.Job("v", 20), Station.Job("v", 30));
        await station.Pump().RunOnce();
        if (why is "leased" or "open") await station.Execute("update delivery.lanes set state = 'OPEN', due_at = now() + interval '1 hour'");
        if (why == "leased") await station.Execute("update delivery.lanes set lease_token = gen_random_uuid()");
        await station.Execute("update delivery.jobs set created_at = now() - interval '200 days', finished_at = case when finished_at is not null then now() - interval '200 days' end");

        Assert.Equal(new Forgotten(), await Forget(station));

        Assert.Equal("v/10,v/20,v/30", await Jobs(station));
    }

    [Fact]
    public async Task A_failure_that_nobody_mended_in_90_days_is_forgotten_when_nothing_waits_behind_it()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new Rejected("no such patient"));
        await station.Enqueue(Station.Job("v", 10));
        await station.Pump().RunOnce();
        await station.Execute("update delivery.jobs set created_at = now() - interval '40 days', finished_at = now() - interval '40 days'");

        Assert.Equal(new Forgotten(), await Forget(station)); // it can be requeued, so it keeps its payload
        await station.Execute("update delivery.jobs set created_at = now() - interval '91 days', finished_at = now() - interval '91 days'");

        Assert.Equal(new Forgotten(Jobs: 1, Lanes: 1), await Forget(station));
    }

    [Fact]
    public async Task What_was_said_is_emptied_after_30_days_and_that_it_was_said_stays()
    {
        await using var station = await Sent("old", "young");
        await station.Execute("update delivery.jobs set created_at = now() - interval '31 days', finished_at = now() - interval '31 days' where key = 'old'");
        await station.Execute("update delivery.attempts set recorded_at = now() - interval '31 days' where job_id in (select id from delivery.jobs where key = 'old')");

        Assert.Equal(new Forgotten(Payloads: 4), await Forget(station));

        Assert.Equal("old {} ,old {} ,young full full,young full full", await station.Scalar<string>("""
            select string_agg(concat_ws(' ', j.key, case when j.payload = '{}' then '{}' else 'full' end,
                coalesce(case when a.request is not null and a.response is not null then 'full' end, '')), ',' order by j.key)
            from delivery.jobs j join delivery.attempts a on a.job_id = j.id and a.code = '200' and a.outcome = 'DELIVERED'
            """));
        Assert.Equal(new Forgotten(), await Forget(station));
    }

    [Fact]
    public async Task A_month_of_attempts_is_dropped_when_all_of_it_is_past()
    {
        await using var station = await Sent("v");
        await Partition(station, 130, "gone");
        await Partition(station, 85, "stays"); // its last day is younger than 90 days
        var months = await Months(station);

        Assert.Equal(1, (await Forget(station)).Months);

        Assert.Equal(months - 1, await Months(station));
        Assert.Equal("stays", await station.Scalar<string>("select string_agg(message, ',') from delivery.attempts where message <> 'OK'"));
        Assert.Equal(0, (await Forget(station)).Months);
    }

    [Fact]
    public async Task More_than_one_batch_is_forgotten_in_one_run()
    {
        await using var station = await Station.Open();
        await station.Execute("""
            insert into delivery.lanes (channel, key, state, head_step, due_at) select 'fake:a', 'v' || i, 'IDLE', 10, now() from generate_series(1, 2500) i;
            insert into delivery.jobs (channel, key, step, payload, state, created_at, finished_at)
            select 'fake:a', 'v' || i, 10, '{"step":10}', 'SENT', now() - interval '99 days', now() - interval '99 days' from generate_series(1, 2500) i;
            """);

        Assert.Equal(new Forgotten(Jobs: 2500, Lanes: 2500), await Forget(station));
    }

    [Theory]
    [InlineData("select delivery.drop_attempts(interval '6 days')")]
    [InlineData("select delivery.clear_attempts(interval '1 hour', 10, '-infinity', 0)")]
    public async Task Not_even_the_server_can_take_what_is_young(string sql)
    {
        await using var station = await Station.Open();
        await using var command = station.Database.App.CreateCommand(sql);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
    }

    private static Task<Forgotten> Forget(Station station) =>
        new ForgetOld(station.Database.App, new RetentionOptions(), NullLogger<ForgetOld>.Instance).RunOnce(CancellationToken.None);

    private static async Task<Station> Sent(params string[] keys)
    {
        var station = await Station.Open();
        await station.Enqueue([.. from key in keys from step in (int[])[10, 20] select Station.Job(key, step)]);
        await station.Pump().RunOnce();
        return station;
    }

    private static Task<string> Jobs(Station station) =>
        station.Scalar<string>("select coalesce(string_agg(key || '/' || step, ',' order by key, step), '') from delivery.jobs");

    private static Task<long> Months(Station station) =>
        station.Scalar<long>("select count(*) from pg_inherits where inhparent = 'delivery.attempts'::regclass");

    // The month that holds the day so many days ago, with one attempt on that day.
    private static Task<int> Partition(Station station, int daysAgo, string message) => station.Execute($"""
        do $$
        declare first date := date_trunc('month', (now() at time zone 'UTC') - interval '{daysAgo} days')::date;
        begin
            execute format('create table delivery.%I partition of delivery.attempts for values from (%L) to (%L)', 'attempts_' || to_char(first, 'YYYY_MM'),
                first || ' 00:00:00+00', (first + interval '1 month')::date || ' 00:00:00+00');
        end $$;
        insert into delivery.attempts (recorded_at, job_id, lease_token, attempt, outcome, counted, fenced_off, message, duration_ms, started_at)
        values (now() - interval '{daysAgo} days', 1, gen_random_uuid(), 1, 'DELIVERED', true, false, '{message}', 1, now());
        """);
}
