using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

/// <summary>What a job knows of its earlier calls: whether one may have arrived unnoticed, whether in other words, and whether the destination said so.</summary>
public sealed class UnansweredTests
{
    [Fact]
    public async Task A_job_knows_of_a_call_without_an_answer_and_whether_its_payload_was_replaced_since()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new RetryLater("Gagal", IsOutage: false));
        await station.Enqueue(Station.Job("v1", 10));
        await station.Pump().RunOnce();
        Assert.Equal(UnansweredCall.None, Last(station).Unanswered);

        await station.Enqueue(Station.Job("v1", 10));
        await Again(station);
        Assert.Equal(UnansweredCall.SamePayload, Last(station).Unanswered);

        await station.Enqueue(new NewDelivery("v1", 10, """{"step":11}"""));
        await station.Enqueue(Station.Job("v1", 10));
        await Again(station);
        Assert.Equal(UnansweredCall.OtherPayload, Last(station).Unanswered);
    }

    [Fact]
    public async Task A_payload_that_was_replaced_before_any_call_was_never_told()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10));
        await station.Enqueue(new NewDelivery("v1", 10, """{"step":11}"""));

        await station.Pump().RunOnce();

        Assert.Equal(UnansweredCall.None, Last(station).Unanswered);
    }

    [Fact]
    public async Task What_is_known_of_an_unanswered_call_outlives_a_withdrawal_and_a_requeue()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new RetryLater("Gagal", IsOutage: false));
        await station.Enqueue(Station.Job("v1", 10, maxAttempts: 1), Station.Job("v2", 10));
        await station.Pump().RunOnce();
        await station.Withdraw(("v2", 10));

        await station.Queue().Requeue(new RequeueFilter(Channel: "fake:a"), "test", TestContext.Current.CancellationToken);
        await station.Enqueue(new NewDelivery("v2", 10, """{"step":12}"""));
        station.Destination.Calls.Clear();
        await Again(station);

        Assert.Equal(["v1 SamePayload", "v2 OtherPayload"], station.Destination.Calls.Select(c => $"{c.Key} {c.Unanswered}").Order());
    }

    [Fact]
    public async Task A_worker_that_died_may_have_called()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10));
        await station.Execute("""
            update delivery.jobs set state = 'SENDING', claims = 1;
            update delivery.lanes set lease_token = gen_random_uuid(), due_at = now() - interval '1 second'
            """);

        await station.Pump().RunOnce();

        Assert.Equal(UnansweredCall.SamePayload, Last(station).Unanswered);
    }

    [Theory]
    [InlineData(true)] // the last attempt
    [InlineData(false)]
    public async Task A_job_knows_whether_another_attempt_follows(bool last)
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10, maxAttempts: last ? 1 : 2));

        await station.Pump().RunOnce();

        Assert.Equal(last, Last(station).IsLastAttempt);
    }

    [Fact]
    public async Task That_the_destination_has_it_is_kept_through_failures_and_replaced_payloads_until_its_lane_is_taken_back()
    {
        await using var station = await Station.Open();
        station.Destination.Says(job => job.Acknowledged ? new RetryLater("no list", IsOutage: false) : new NotYet(DateTimeOffset.UtcNow, "has it", Acknowledged: true));
        await station.Enqueue(Station.Job("v1", 10));
        await station.Pump().RunOnce();
        Assert.False(Last(station).Acknowledged);
        for (var i = 0; i < 2; i++)
        {
            await station.Enqueue(new NewDelivery("v1", 10, $$"""{"step":{{i}}}"""));
            await Again(station);
            Assert.True(Last(station).Acknowledged);
        }

        await using (var connection = await station.Database.App.OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var tx = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal(["v1"], await station.Queue().Reopen(tx, "fake:a", ["v1"], TestContext.Current.CancellationToken));
            await tx.CommitAsync(TestContext.Current.CancellationToken);
        }

        await station.Enqueue(Station.Job("v1", 10));
        await Again(station);
        Assert.Equal((false, UnansweredCall.None), (Last(station).Acknowledged, Last(station).Unanswered));
    }

    [Fact]
    public async Task What_failed_although_the_destination_had_it_is_told_again()
    {
        await using var station = await Station.Open();
        station.Destination.Says(job => job.Acknowledged ? new Rejected("gone") : new NotYet(DateTimeOffset.UtcNow, "has it", Acknowledged: true));
        await station.Enqueue(Station.Job("v1", 10));
        await station.Pump().RunOnce();
        await Again(station);
        Assert.True(Last(station).Acknowledged);

        await station.Queue().Requeue(new RequeueFilter(Channel: "fake:a"), "test", TestContext.Current.CancellationToken);
        await Again(station);

        Assert.False(Last(station).Acknowledged);
    }

    [Fact]
    public async Task A_lane_that_is_taken_back_forgets_also_what_was_withdrawn_before()
    {
        await using var station = await Station.Open();
        station.Destination.Says(job => job.Attempt == 1 ? new RetryLater("Gagal", IsOutage: false) : new NotYet(DateTimeOffset.UtcNow, "has it", Acknowledged: true));
        await station.Enqueue(Station.Job("v1", 10));
        await station.Pump().RunOnce();
        await Again(station);
        await station.Withdraw(("v1", 10));

        await using (var connection = await station.Database.App.OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var tx = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await station.Queue().Reopen(tx, "fake:a", ["v1"], TestContext.Current.CancellationToken);
            await tx.CommitAsync(TestContext.Current.CancellationToken);
        }

        await station.Enqueue(Station.Job("v1", 10));
        await Again(station);
        Assert.Equal((false, UnansweredCall.None), (Last(station).Acknowledged, Last(station).Unanswered));
    }

    [Fact]
    public async Task Where_the_destination_holds_something_else_the_module_learns_it_before_what_follows_goes_out()
    {
        await using var station = await Station.Open();
        await station.Execute("create table delivery.followed (key text, held text); grant insert, select on delivery.followed to alur_app");
        station.Destination.SettleEffects = ", follow as (insert into delivery.followed select s.key || s.step, s.held_there from settled s)";
        var known = new List<long>();
        station.Destination.Answer = async (job, _) =>
        {
            known.Add(await station.Scalar<long>("select count(*) from delivery.followed"));
            return job.Step == 10 ? new Delivered(AlreadyThere: true, Held: "08:00") : new Delivered();
        };
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));

        await station.Pump().RunOnce();

        Assert.Equal([0, 1], known);
        Assert.Equal("v110 08:00, v120 -", await station.Scalar<string>("select string_agg(key || ' ' || coalesce(held, '-'), ', ' order by key) from delivery.followed"));
    }

    [Theory]
    [InlineData("failed", true), InlineData("failed", false)]
    [InlineData("took too long", true), InlineData("took too long", false)]
    [InlineData("was stopped", true), InlineData("was stopped", false)]
    public async Task A_question_that_broke_off_has_told_nothing_and_a_call_that_broke_off_may_have(string why, bool onlyAsked)
    {
        await using var station = await Station.Open();
        using var stop = new CancellationTokenSource();
        station.Options.CallTimeout = TimeSpan.FromMilliseconds(why == "took too long" ? 50 : 20_000);
        station.Options.StopGrace = TimeSpan.FromMilliseconds(50);
        station.Destination.Answer = async (_, ct) =>
        {
            try
            {
                if (why == "was stopped")
                    await stop.CancelAsync();
                await (why == "failed" ? throw new InvalidOperationException("no list") : Task.Delay(Timeout.Infinite, ct));
            }
            catch (Exception e) when (onlyAsked)
            {
                throw new OnlyAskedException(e);
            }

            return new Delivered();
        };
        await station.Enqueue(Station.Job("v1", 10));
        await station.Pump().RunOnce(stop.Token);

        Assert.EndsWith(
            why switch { "failed" => "attempts 1 InvalidOperationException: no list", "took too long" => "attempts 1 No answer within 0.1 s.", _ => "attempts 0 This node stopped before an answer came." },
            await station.JobLine("v1", 10), StringComparison.Ordinal);
        station.Destination.Says(_ => new Delivered());
        station.Options.CallTimeout = TimeSpan.FromSeconds(20);
        await Again(station);
        Assert.Equal(onlyAsked ? UnansweredCall.None : UnansweredCall.SamePayload, Last(station).Unanswered);
    }

    private static async Task Again(Station station)
    {
        await station.MakeDue();
        await station.Pump().RunOnce();
    }

    private static DeliveryJob Last(Station station) => station.Destination.Calls.Last();
}
