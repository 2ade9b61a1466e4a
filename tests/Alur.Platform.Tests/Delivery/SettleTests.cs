using Alur.Platform.Delivery;
using Alur.Testing;

namespace Alur.Platform.Tests.Delivery;

public sealed class SettleTests
{
    private const string Followers = """
        create table delivery.followed (job_id bigint, key text primary key check (key <> 'refused'), state text, outcome text, code text, reason text);
        grant insert on delivery.followed to alur_app
        """;

    private const string Follow = """
        , follow as (insert into delivery.followed select s.job_id, s.key, s.state, s.outcome, s.code, s.reason from settled s)
        """;

    [Fact]
    [Trait("Spec", "X-025")]
    public async Task Fifty_lanes_with_their_attempts_and_the_modules_rows_take_a_few_round_trips()
    {
        await using var station = await Station.Open();
        await station.Execute(Followers);
        station.Destination.SettleEffects = Follow;
        station.Options.Concurrency = 50;
        var all = new TaskCompletionSource();
        station.Destination.Answer = async (_, _) =>
        {
            if (station.Destination.Calls.Count == 50) all.TrySetResult(); // two calls may both see the fiftieth
            await all.Task;
            return new Delivered();
        };
        await station.Enqueue([.. Enumerable.Range(0, 50).Select(v => Station.Job($"v{v}", 10))]);
        using var statements = new StatementCount(station.Database.App);

        await station.Pump().RunOnce();

        Assert.InRange(statements.Executed, 1, 25);
        Assert.Equal(50, await station.Scalar<long>("select count(*) from delivery.followed where state = 'SENT' and outcome = 'DELIVERED' and code = '200'"));
        Assert.Equal(50, await station.Scalar<long>("select count(*) from delivery.attempts"));
    }

    [Fact]
    public async Task One_result_that_cannot_be_stored_fails_alone()
    {
        await using var station = await Station.Open();
        await station.Execute(Followers);
        station.Destination.SettleEffects = Follow;
        station.Options.Concurrency = 40;
        await station.Enqueue([Station.Job("refused", 10), Station.Job("refused", 20), .. Enumerable.Range(0, 39).Select(v => Station.Job($"v{v}", 10))]);

        var result = await station.Pump().RunOnce();

        Assert.Equal((39, 1), (await station.Scalar<long>("select count(*) from delivery.jobs where state = 'SENT' and key <> 'refused'"), result.Failed));
        Assert.StartsWith("FAILED claims 1 attempts 1 The result could not be stored", await station.JobLine("refused", 10), StringComparison.Ordinal);
        Assert.StartsWith("PARKED", await station.LaneLine("refused"), StringComparison.Ordinal);
        Assert.Equal(39, await station.Scalar<long>("select count(*) from delivery.followed"));
    }

    [Fact]
    public async Task An_answer_that_is_no_json_costs_only_its_text()
    {
        await using var station = await Station.Open();
        station.Destination.Response = "<html>";
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20), Station.Job("v2", 10));

        var result = await station.Pump().RunOnce();

        Assert.Equal(3, result.Delivered);
        Assert.Equal(3, await station.Scalar<long>("select count(*) from delivery.attempts where response is null and counted"));
    }

    [Fact]
    public async Task What_PostgreSQL_refuses_becomes_a_mark_in_a_reason_and_is_stripped_from_an_answer()
    {
        await using var station = await Station.Open();
        station.Destination.Response = """{"text":"a\u0000b\ud800c"}""";
        station.Destination.Says(_ => new Rejected("no\0pe \ud800!"));
        await station.Enqueue(Station.Job("v1", 10));

        await station.Pump().RunOnce();

        Assert.Equal("FAILED claims 1 attempts 1 no\uFFFDpe \uFFFD!", await station.JobLine("v1", 10));
        Assert.Equal("abc", await station.Scalar<string>("select response ->> 'text' from delivery.attempts"));
    }

    [Fact]
    public async Task Slow_calls_are_settled_while_their_run_goes_on()
    {
        await using var station = await Station.Open();
        var (last, seen) = (new TaskCompletionSource(), "");
        station.Destination.Answer = async (job, ct) =>
        {
            await Task.Delay(30, ct);
            if (job.Step == 30)
            {
                var deadline = DateTimeOffset.UtcNow.AddSeconds(20);
                while (!(seen = await station.JobLine("v1", 10)).StartsWith("SENT", StringComparison.Ordinal) && DateTimeOffset.UtcNow < deadline) await Task.Delay(5, ct);
                last.SetResult();
            }

            return new Delivered();
        };
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20), Station.Job("v1", 30));

        var result = await station.Pump().RunOnce();
        await last.Task;

        Assert.Equal("SENT claims 1 attempts 1", seen);
        Assert.Equal((3, 1), (result.Delivered, result.Lanes));
    }

    [Fact]
    public async Task Settling_beside_enqueues_and_withdrawals_of_the_same_lanes_loses_no_job_and_keeps_the_order()
    {
        await using var station = await Station.Open();
        station.Options.RunLength = 3;
        var random = new Random(7);
        using var stop = new CancellationTokenSource();
        var pumps = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var pump = station.Pump();
            while (!stop.IsCancellationRequested) await pump.RunOnce();
        })).ToArray();
        const int keys = 8;
        var withdrawn = new HashSet<(string, int)>();

        for (var step = 1; step <= 120; step++)
        {
            await station.Enqueue([.. Enumerable.Range(0, keys).Where(_ => random.Next(3) > 0).Select(k => Station.Job($"v{k}", step))]);
            if (step % 10 == 0)
            {
                foreach (var place in await station.Withdraw([.. Enumerable.Range(0, keys).Select(k => ($"v{k}", step))])) withdrawn.Add(place);
            }
        }

        await Eventually.True(async () => await station.Scalar<long>("select count(*) from delivery.jobs where state in ('PENDING', 'SENDING')") == 0);
        await stop.CancelAsync();
        await Task.WhenAll(pumps);
        Assert.Equal(0, await station.Scalar<long>("select count(*) from delivery.lanes where state <> 'IDLE'"));
        Assert.All(station.Destination.Calls.GroupBy(c => c.Key), lane => Assert.Equal(lane.Select(c => c.Step).Order(), lane.Select(c => c.Step)));
        Assert.Equal(withdrawn.Count, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'CANCELLED'"));
        Assert.DoesNotContain(station.Destination.Calls, c => withdrawn.Contains((c.Key, c.Step)));
        Assert.Equal(station.Destination.Calls.Count, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'SENT' and claims = 1 and attempts = 1"));
    }

    [Fact]
    [Trait("Spec", "A-149")]
    public async Task Many_workers_on_one_queue_send_every_job_once_and_each_lane_in_order()
    {
        await using var station = await Station.Open();
        station.Options.Concurrency = 16;
        await station.Enqueue([.. from v in Enumerable.Range(0, 200) from step in (int[])[10, 20, 30, 40] select Station.Job($"v{v}", step)]);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => station.Pump().RunOnce())));
        await station.Pump().RunOnce();

        Assert.Equal(800, station.Destination.Calls.Count);
        Assert.All(station.Destination.Calls.GroupBy(c => c.Key), lane => Assert.Equal([10, 20, 30, 40], lane.Select(c => c.Step)));
        Assert.Equal(800, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'SENT' and claims = 1 and attempts = 1"));
    }
}
