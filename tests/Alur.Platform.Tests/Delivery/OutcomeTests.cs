using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

/// <summary>What each way of ending does to the job, its lane and its attempts.</summary>
public sealed class OutcomeTests
{
    [Fact]
    [Trait("Spec", "A-037"), Trait("Spec", "A-146")]
    public async Task The_fifth_failed_attempt_is_the_last()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new RetryLater("Gagal", IsOutage: false));
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));

        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await station.MakeDue();
            await station.Pump().RunOnce();
            Assert.Equal($"{(attempt < 5 ? "PENDING" : "FAILED")} claims {attempt} attempts {attempt} Gagal", await station.JobLine("v1", 10));
        }

        await station.MakeDue();
        await station.Pump().RunOnce();
        Assert.Equal(5, station.Destination.Calls.Count);
        Assert.Equal([1, 2, 3, 4, 5], station.Destination.Calls.Select(c => c.Attempt));
        Assert.Equal("PARKED head 10", await station.LaneLine("v1"));
        Assert.Equal("PENDING claims 0 attempts 0", await station.JobLine("v1", 20));
        Assert.Equal("200: gagal", await station.Scalar<string>("select fingerprint from delivery.jobs where step = 10"));
    }

    [Fact]
    [Trait("Spec", "A-148")]
    public async Task A_failed_attempt_waits_for_its_back_off_and_does_not_hold_up_others()
    {
        await using var station = await Station.Open();
        station.Destination.Says(job => job.Key == "bad" ? new RetryLater("Gagal", IsOutage: false) : new Delivered());
        await station.Enqueue(Station.Job("bad", 10), Station.Job("good", 10), Station.Job("good", 20));

        await station.Pump().RunOnce();
        await station.Pump().RunOnce();

        Assert.Equal(["bad/10", "good/10", "good/20"], station.Destination.CallLines.Order(StringComparer.Ordinal));
        var wait = await station.Scalar<double>("select extract(epoch from due_at - now())::double precision from delivery.lanes where key = 'bad'");
        Assert.InRange(wait, 25, 30);
    }

    [Fact]
    [Trait("Spec", "A-148")]
    public async Task A_refusal_parks_its_own_lane_at_once_and_others_flow()
    {
        await using var station = await Station.Open();
        station.Destination.Says(job => job is { Key: "bad", Step: 20 } ? new Rejected("Ditolak") : new Delivered());
        await station.Enqueue([.. from key in (string[])["bad", "good"] from step in (int[])[10, 20, 30] select Station.Job(key, step)]);

        var result = await station.Pump().RunOnce();

        Assert.Equal((4, 1), (result.Delivered, result.Failed));
        Assert.Equal("FAILED claims 1 attempts 1 Ditolak", await station.JobLine("bad", 20));
        Assert.Equal("PENDING claims 0 attempts 0", await station.JobLine("bad", 30));
        Assert.Equal("PARKED head 20", await station.LaneLine("bad"));
        Assert.Equal("IDLE head 10", await station.LaneLine("good"));
    }

    [Fact]
    public async Task A_destinations_words_are_kept_and_told_on_one_line_that_moves_nothing_on_a_screen()
    {
        const string Said = "Tidak\u001b[2J\nboleh\u202e";
        const string Kept = "Tidak\uFFFD[2J boleh\uFFFD";
        await using var station = await Station.Open();
        station.Destination.Says(job => job.Key switch { "a" => new Rejected(Said), "b" => new RetryLater(Said, IsOutage: true), "c" => throw new InvalidOperationException(Said), _ => new NotYet(DateTimeOffset.UtcNow.AddMinutes(5), Said, PauseChannel: true) });
        foreach (var key in (string[])["a", "b", "c", "d"])
        {
            await station.Enqueue(Station.Job(key, 10));
            await station.Pump().RunOnce();
        }

        Assert.Equal($"{Kept} {Kept} InvalidOperationException: {Kept} {Kept}", await station.Scalar<string>("select string_agg(last_error, ' ' order by key) from delivery.jobs"));
        Assert.Equal($"InvalidOperationException: {Kept}", await station.Scalar<string>("select message from delivery.attempts where http_code is null"));
        Assert.Contains(station.Log.Lines, line => line.EndsWith(Kept, StringComparison.Ordinal));
        Assert.DoesNotContain(station.Log.Lines, line => line.Any(char.IsControl) || line.Contains('\u202e', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Not_yet_consumes_neither_attempt_nor_claim()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new NotYet(DateTimeOffset.UtcNow.AddMinutes(5), "Belum waktunya"));
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));

        await station.Pump().RunOnce();

        Assert.Equal("PENDING claims 0 attempts 0 Belum waktunya", await station.JobLine("v1", 10));
        Assert.Equal("PENDING claims 0 attempts 0", await station.JobLine("v1", 20));
        Assert.InRange(await station.Scalar<double>("select extract(epoch from due_at - now())::double precision from delivery.lanes"), 290, 300);
        Assert.Equal(1, await station.Scalar<long>("select count(*) from delivery.attempts where outcome = 'NOT_YET' and not counted"));
    }

    [Fact]
    public async Task The_destination_may_ask_for_a_longer_wait_than_the_back_off()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new RetryLater("Sibuk", IsOutage: false, After: TimeSpan.FromMinutes(10)));
        await station.Enqueue(Station.Job("v1", 10));

        await station.Pump().RunOnce();

        Assert.InRange(await station.Scalar<double>("select extract(epoch from due_at - now())::double precision from delivery.lanes"), 590, 600);
    }

    [Fact]
    public async Task A_destination_that_asks_for_a_year_is_tried_again_within_the_hour()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new RetryLater("Sibuk", IsOutage: false, After: TimeSpan.FromDays(365)));
        await station.Enqueue(Station.Job("v1", 10));

        await station.Pump().RunOnce();

        Assert.InRange(await station.Scalar<double>("select extract(epoch from due_at - now())::double precision from delivery.lanes"), 3590, 3600);
    }

    [Fact]
    public async Task A_failed_job_parks_its_lane_also_when_its_results_had_to_be_settled_in_parts()
    {
        await using var station = await Station.Open();
        station.Destination.SettleEffects = """
            , refused as (
                update delivery.channels c set tokens = c.tokens
                where 1 / (select case when count(*) > 3 then 0 else 1 end from moved) = 1
            )
            """;
        station.Destination.Says(job => job.Step == 10 ? new Rejected("Ditolak") : new Delivered());
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20), Station.Job("v1", 30), Station.Job("v1", 40));

        await station.Pump().RunOnce();

        Assert.Equal("PARKED head 10", await station.LaneLine("v1"));
        Assert.Equal(["v1/10"], station.Destination.CallLines);
    }

    [Fact]
    public async Task A_channel_that_throws_is_tried_again_and_the_call_is_on_record()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => throw new InvalidOperationException("boom"));
        await station.Enqueue(Station.Job("v1", 10));

        await station.Pump().RunOnce();

        Assert.Equal("PENDING claims 1 attempts 1 InvalidOperationException: boom", await station.JobLine("v1", 10));
        Assert.Equal(1, await station.Scalar<long>("select count(*) from delivery.attempts where outcome = 'RETRY_LATER' and http_code is null"));
    }

    [Fact]
    public async Task A_call_without_an_answer_is_given_up_in_time()
    {
        await using var station = await Station.Open();
        station.Options.CallTimeout = TimeSpan.FromMilliseconds(50);
        station.Destination.Answer = async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return new Delivered();
        };
        await station.Enqueue(Station.Job("v1", 10));

        await station.Pump().RunOnce();

        Assert.StartsWith("PENDING claims 1 attempts 1 No answer within", await station.JobLine("v1", 10), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_enough_lease_left_for_a_whole_call_the_rest_of_a_run_is_given_back()
    {
        await using var station = await Station.Open();
        station.Options.CallTimeout = station.Options.Lease - TimeSpan.FromSeconds(5.08);
        station.Destination.Answer = async (job, ct) =>
        {
            if (job.Step == 10) await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
            return new Delivered();
        };
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));

        var result = await station.Pump().RunOnce();

        Assert.Equal((2, 2), (result.Delivered, result.Lanes));
        Assert.Equal(1, result.GivenBack);
        Assert.Equal("SENT claims 1 attempts 1", await station.JobLine("v1", 20));
        Assert.Equal(2, await station.Scalar<long>("select count(distinct lease_token) from delivery.attempts"));
    }
}
