using Alur.Platform.Webhooks;
using Alur.Testing;
using static Alur.Platform.Tests.Webhooks.HookDesk;
using static Alur.Platform.Tests.Webhooks.Receiver;

namespace Alur.Platform.Tests.Webhooks;

public sealed class HookChannelTests
{
    [Fact]
    public async Task A_receiver_gets_the_event_signed_and_keeps_its_address_to_itself()
    {
        await using var receiver = new Receiver();
        await using var desk = await Open();
        var (_, secret) = await desk.Endpoint(receiver.Url);
        var happened = Event(data: """{"booking":"b1","amount":1.50}""");

        Assert.Single(await desk.Put(happened));
        Assert.Equal(1, (await desk.Deliver()).Delivered);

        var call = Assert.Single(receiver.Calls);
        Assert.Equal("POST /hook?key=top-secret HTTP/1.1", call.Line);
        Assert.Equal("application/json", call.Headers["content-type"]);
        Assert.Equal(happened.Id.ToString(), call.Headers["webhook-id"]);
        Assert.EndsWith(""","data":{"booking":"b1","amount":1.50}}""", call.Body, StringComparison.Ordinal);
        Assert.Equal(("booking.created", happened.At.UtcDateTime.AddTicks(-(happened.At.Ticks % TimeSpan.TicksPerMicrosecond))), ((string)call.Json["type"]!, (DateTime)call.Json["timestamp"]!));
        Assert.Equal(["true", "true"], await Crosscheck.Run("webhooks.mjs", [call.Asked("library", WebhookSecret.Show(secret)), call.Asked("own", WebhookSecret.Show(secret))]));
        Assert.DoesNotContain("traceparent", call.Headers.Keys);
        Assert.Equal(0, await desk.One<long>("select count(*) from delivery.jobs j join delivery.attempts a on a.job_id = j.id where to_jsonb(j)::text || to_jsonb(a)::text ~ 'top-secret|whsec'"));
    }

    [Fact]
    public async Task Only_who_wants_a_type_gets_it()
    {
        await using var receiver = new Receiver();
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url, "booking.created", "visit.*");
        await desk.Put(Event("booking.created"), Event("booking.created_late"), Event("booking"), Event("visit.done"), Event("visit.a.b"), Event("visits.done"), Event("visit"));
        await desk.Deliver();
        Assert.Equal(["booking.created", "visit.a.b", "visit.done"], receiver.Calls.Select(call => (string)call.Json["type"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Where_nobody_is_to_be_told_nothing_is_queued()
    {
        await using var desk = await Open();
        await desk.Endpoint("https://hook.example/", "visit.*");
        await desk.Execute("update platform.webhook_endpoints set is_active = false");
        await desk.Endpoint("https://hook.example/", "other.*");
        Assert.Empty(await desk.Put(Event("visit.done")));
        Assert.Equal(0, await desk.One<long>("select count(*) from delivery.jobs"));
    }

    [Fact]
    public async Task A_receiver_that_lied_and_mended_gets_the_same_message_again_with_a_signature_of_that_moment()
    {
        await using var receiver = new Receiver();
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        receiver.Answer = Says(_ => Status(500, "not yet"));
        await desk.Put(Event());
        await desk.Deliver();
        Assert.Equal("PENDING 1 The receiver answered HTTP 500.", await desk.Job());
        Assert.True(await desk.One<bool>("select failing_since is not null and last_success_at is null and last_failure = 'The receiver answered HTTP 500.' from platform.webhook_endpoints"));

        receiver.Answer = Says(_ => Status(200, """{"ok":true}"""));
        await desk.MakeDue();
        await desk.Deliver();

        Assert.Equal("SENT 2", await desk.Job());
        Assert.Single(receiver.Calls.Select(call => call.Headers["webhook-id"]).Distinct());
        Assert.Single(receiver.Calls.Select(call => call.Body).Distinct());
        Assert.Equal(2, await desk.One<long>("select count(*) from delivery.attempts where http_code in (200, 500)"));
        Assert.True(await desk.One<bool>("select failing_since is null and last_success_at is not null from platform.webhook_endpoints"));
    }

    [Theory]
    [InlineData(400, "PENDING 1 The receiver refused with HTTP 400.", 0)]
    [InlineData(404, "PENDING 1 The receiver refused with HTTP 404.", 0)]
    [InlineData(401, "PENDING 1 The receiver refused with HTTP 401.", 0)]
    [InlineData(302, "PENDING 1 The receiver answered HTTP 302: redirects are not followed. Enter the address that it leads to.", 0)]
    [InlineData(500, "PENDING 1 The receiver answered HTTP 500.", 0)]
    [InlineData(501, "PENDING 1 The receiver answered HTTP 501.", 0)]
    [InlineData(520, "PENDING 1 The receiver answered HTTP 520.", 0)]
    [InlineData(408, "PENDING 1 The receiver answered HTTP 408.", 1)]
    [InlineData(425, "PENDING 1 The receiver answered HTTP 425.", 1)]
    [InlineData(429, "PENDING 1 The receiver answered HTTP 429.", 1)]
    [InlineData(502, "PENDING 1 The receiver answered HTTP 502.", 1)]
    [InlineData(503, "PENDING 1 The receiver answered HTTP 503.", 1)]
    [InlineData(504, "PENDING 1 The receiver answered HTTP 504.", 1)]
    public async Task Whatever_is_not_taken_is_tried_again_and_only_who_is_away_counts_for_the_breaker(int status, string expected, int failures)
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(status, "", "Location: http://127.0.0.1:1/\r\n")) };
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event());
        await desk.Deliver();
        Assert.Equal(expected, await desk.Job());
        Assert.Single(receiver.Calls);
        Assert.Equal(failures, await desk.One<int>("select consecutive_failures from platform.breakers"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_message_that_a_receiver_falls_over_fails_after_its_tries_and_neither_stops_others_nor_opens_the_breaker(int othersBetweenTries)
    {
        await using var receiver = new Receiver { Answer = Says(call => call.Body.Contains("poison", StringComparison.Ordinal) ? Status(500, "oops") : Taken) };
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event(key: "bad", data: """{"a":"poison"}"""), Event(key: "bad"));
        await desk.Execute("update delivery.jobs set max_attempts = 12");
        for (var i = 0; i < 12; i++)
        {
            await desk.Put([.. Enumerable.Range(0, othersBetweenTries).Select(_ => Event(key: $"good{i}"))]);
            await desk.MakeDue();
            await desk.Deliver();
        }

        Assert.Equal("FAILED 12 The receiver answered HTTP 500.", await desk.One<string>("select state || ' ' || attempts || ' ' || last_error from delivery.jobs order by id limit 1"));
        Assert.Equal("PARKED PENDING", await desk.One<string>("select l.state || ' ' || j.state from delivery.lanes l join delivery.jobs j using (channel, key) where key = 'bad' order by j.id desc limit 1"));
        Assert.Equal(12L * othersBetweenTries, await desk.One<long>("select count(*) from delivery.jobs where state = 'SENT' and attempts = 1"));
        Assert.Equal("CLOSED 0", await desk.One<string>("select state || ' ' || consecutive_failures from platform.breakers"));
    }

    [Theory]
    [InlineData("120", 100, 130)]
    [InlineData("999999999", 3500, 3700)]
    [InlineData("soon", 25, 35)]
    public async Task A_receiver_may_ask_to_be_left_alone_for_an_hour_at_most(string retryAfter, int least, int most)
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(429, "", $"Retry-After: {retryAfter}\r\n")) };
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event());
        await desk.Deliver();
        Assert.InRange(await desk.One<double>("select extract(epoch from due_at - now())::float8 from delivery.lanes"), least, most);
    }

    [Fact]
    public async Task A_receiver_that_is_gone_is_switched_off_and_what_waits_stays()
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(410)) };
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        await desk.Put(Event(), Event(), Event(key: "booking:2"));
        await desk.Deliver();

        Assert.Equal("The receiver says that it is gone (HTTP 410).", await desk.One<string>("select off_because from platform.webhook_endpoints where not is_active"));
        Assert.True(await desk.One<bool>("select paused_until = 'infinity' from delivery.channels"));
        Assert.InRange(receiver.Calls.Count, 1, 2);
        Assert.Equal(3, await desk.One<long>("select count(*) from delivery.jobs where state in ('FAILED', 'PENDING')"));
        Assert.Equal(1, await desk.One<long>("select count(*) from audit.audit_logs where resource = 'webhook_endpoints' and performed_by = 'system'"));
        Assert.Empty(await desk.Put(Event()));
    }

    [Fact]
    public async Task What_waits_for_a_webhook_that_was_deleted_is_withdrawn()
    {
        await using var desk = await Open();
        await desk.Endpoint("https://hook.example/");
        await desk.Put(Event());
        await desk.Execute("delete from platform.webhook_endpoints");
        Assert.Equal(1, (await desk.Deliver()).Dropped);
        Assert.Equal("CANCELLED 0 The webhook was deleted, so nothing was sent.", await desk.Job());
    }

    [Fact]
    public async Task A_secret_whose_key_is_gone_lets_messages_wait()
    {
        await using var receiver = new Receiver();
        await using var desk = await Open();
        await desk.Endpoint(receiver.Url);
        await desk.Execute("update platform.webhook_endpoints set secret = decode(repeat('00', 68), 'hex')");
        await desk.Put(Event());
        await desk.Deliver();
        Assert.StartsWith("PENDING 0 There is no key that the secret could be kept with.", await desk.Job(), StringComparison.Ordinal);
        Assert.Empty(receiver.Calls);
    }
}
