using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Results;

namespace Alur.Platform.Tests.Delivery;

public sealed class RequeueTests
{
    [Fact]
    [Trait("Spec", "A-147")]
    public async Task One_job_goes_round_again_with_all_its_attempts_and_its_lane_in_order()
    {
        await using var station = await WithFailures();

        Assert.Equal(1, (await station.Queue().Requeue(new RequeueFilter(JobIds: [await Id("v1")]), "sari")).Value);
        Assert.Equal("PENDING claims 0 attempts 0 Pasien 'v1' ditolak", await station.JobLine("v1", 10));
        await station.Pump().RunOnce();

        Assert.Equal(["v1/10", "v1/20"], station.Destination.CallLines.Skip(4));
        Assert.Equal("PARKED head 10", await station.LaneLine("v2"));

        async Task<long> Id(string key) => await station.Scalar<long>($"select id from delivery.jobs where key = '{key}' and step = 10");
    }

    [Fact]
    [Trait("Spec", "D-183")]
    public async Task Who_asked_for_it_is_in_the_audit_with_how_many_there_were_and_nobody_is_for_none()
    {
        await using var station = await WithFailures();
        var desk = new AuditOrigin(new Actor("desk", ActorKind.ApiKey));

        Assert.Equal(0, (await station.Queue().Requeue(new RequeueFilter(Code: "404"), desk)).Value);
        Assert.Equal(2, (await station.Queue().Requeue(new RequeueFilter(KeyPrefix: "v"), desk)).Value);

        Assert.Equal("api-key:desk UPDATE delivery_jobs FAILED PENDING v 2", await station.Scalar<string>("""
            select string_agg(concat_ws(' ', performed_by, action, resource, old_values ->> 'state', new_values ->> 'state', new_values ->> 'key_prefix',
                new_values -> 'requeued' ->> 'fake:a'), ',')
            from audit.audit_logs
            """));
    }

    [Theory]
    [Trait("Spec", "A-147")]
    [InlineData("key prefix", 2)]
    [InlineData("fingerprint", 3)]
    [InlineData("code", 4)]
    [InlineData("other code", 0)]
    [InlineData("channel", 4)]
    [InlineData("other channel", 0)]
    [InlineData("failed before", 0)]
    [InlineData("failed from", 4)]
    [InlineData("prefix and fingerprint", 1)]
    public async Task A_filter_takes_exactly_the_jobs_that_match(string which, int expected)
    {
        await using var station = await WithFailures();
        var fingerprint = Fingerprint.Of("200", "Pasien 'x' ditolak");
        var filter = which switch
        {
            "key prefix" => new RequeueFilter(KeyPrefix: "v"),
            "fingerprint" => new RequeueFilter(Fingerprint: fingerprint),
            "code" => new RequeueFilter(Code: "200"),
            "other code" => new RequeueFilter(Code: "404"),
            "channel" => new RequeueFilter(Channel: "fake:a"),
            "other channel" => new RequeueFilter(Channel: "fake:b"),
            "failed before" => new RequeueFilter(FailedBefore: DateTimeOffset.UtcNow.AddHours(-1)),
            "failed from" => new RequeueFilter(FailedFrom: DateTimeOffset.UtcNow.AddHours(-1)),
            _ => new RequeueFilter(KeyPrefix: "w", Fingerprint: fingerprint),
        };

        Assert.Equal(expected, (await station.Queue().Requeue(filter, "sari")).Value);

        Assert.Equal(4 - expected, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'FAILED'"));
        Assert.Equal(4 - expected, await station.Scalar<long>("select count(*) from delivery.lanes where state = 'PARKED'"));
        await station.Pump().RunOnce();
        Assert.Equal(expected * 2, station.Destination.Calls.Count - 4);
    }

    [Fact]
    [Trait("Spec", "A-147")]
    public async Task The_module_follows_in_the_same_transaction_and_learns_who_asked()
    {
        await using var station = await WithFailures();
        await station.Execute("create table delivery.followed (job_id bigint, key text, step int, actor text); grant insert on delivery.followed to alur_app");
        station.Destination.RequeueEffects = ", follow as (insert into delivery.followed select r.job_id, r.key, r.step, r.actor from requeued r)";

        await station.Queue().Requeue(new RequeueFilter(KeyPrefix: "w"), "sari");

        Assert.Equal("w1/10/sari,w2/10/sari", await station.Scalar<string>("select string_agg(concat_ws('/', key, step, actor), ',' order by key) from delivery.followed"));
    }

    [Fact]
    public async Task Without_any_condition_nothing_is_requeued()
    {
        await using var station = await WithFailures();

        var result = await station.Queue().Requeue(new RequeueFilter(), "sari");

        Assert.Equal("REQUEUE_FILTER_EMPTY", Assert.IsType<Invalid>(result.Error).Code);
        Assert.Equal(4, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'FAILED'"));
    }

    private static async Task<Station> WithFailures()
    {
        var station = await Station.Open();
        station.Destination.Says(job => new Rejected(job.Key == "w2" ? "Poli ditutup" : $"Pasien '{job.Key}' ditolak"));
        await station.Enqueue([.. from key in (string[])["v1", "v2", "w1", "w2"] from step in (int[])[10, 20] select Station.Job(key, step)]);
        await station.Pump().RunOnce();
        station.Destination.Says(_ => new Delivered());
        return station;
    }
}
