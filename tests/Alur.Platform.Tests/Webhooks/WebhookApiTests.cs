using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Webhooks;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Alur.Platform.Tests.Webhooks.Receiver;

namespace Alur.Platform.Tests.Webhooks;

public sealed class WebhookApiTests(WebhookHospital hospital) : IClassFixture<WebhookHospital>
{
    private const string Path = "/api/admin/webhooks";

    private HttpClient Admin => hospital.Admin;

    [Fact]
    public async Task A_receiver_is_entered_tested_and_its_answer_can_be_seen()
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(200, """{"thanks":"yes"}""")) };
        var (id, secret) = await Enter(receiver.Url, "booking.*");
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);

        var tested = await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}/test", new { }), HttpStatusCode.Accepted);
        await hospital.Deliver();

        var call = Assert.Single(receiver.Calls);
        Assert.Equal("webhook.test", (string)call.Json["type"]!);
        Assert.Equal(["true"], await Crosscheck.Run("webhooks.mjs", [call.Asked("library", secret)]));
        var attempt = Assert.Single((await Ok(await Admin.GetAsync($"{Path}/{id}/attempts"))).AsArray())!;
        Assert.Equal(((string)tested["message_id"]!, "webhook.test", "SENT", 200, true), ((string)attempt["message_id"]!, (string)attempt["type"]!, (string)attempt["state"]!, (int)attempt["http_code"]!, (bool)attempt["taken"]!));
        Assert.Equal("""{"thanks":"yes"}""", (string)attempt["response"]!);
        Assert.NotNull((await Ok(await Admin.GetAsync($"{Path}/{id}")))["last_success_at"]);
    }

    [Fact]
    public async Task Neither_the_address_nor_a_secret_is_in_the_audit_and_the_database_has_no_secret_to_read()
    {
        var (id, secret) = await Enter("http://127.0.0.1:4999/hook?key=top-secret");
        var other = (string)(await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}/rotate", new { })))["secret"]!;
        await Admin.PostAsJsonAsync($"{Path}/{id}", new { description = "Kasir" });
        await Admin.DeleteAsync($"{Path}/{id}");

        Assert.Equal("CREATE UPDATE UPDATE DELETE", await hospital.One<string>($"select string_agg(action, ' ' order by timestamp, id) from audit.audit_logs where resource = 'webhook_endpoints' and resource_id = '{id}'"));
        foreach (var text in new[] { "top-secret", secret, other, secret["whsec_".Length..] })
            Assert.Equal(0, await hospital.One<long>($"select count(*) from audit.audit_logs a where to_jsonb(a)::text like '%{text}%'"));
        Assert.Equal(0, await hospital.One<long>($"select count(*) from platform.webhook_endpoints e where position(decode('{secret["whsec_".Length..]}', 'base64') in secret) > 0"));
    }

    [Fact]
    public async Task Only_what_somebody_has_seen_is_changed()
    {
        var (id, _) = await Enter("http://127.0.0.1:4999/");
        using var read = await Admin.GetAsync($"{Path}/{id}");
        var etag = read.Headers.ETag!.ToString();
        foreach (var expected in (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.PreconditionFailed])
        {
            using var change = new HttpRequestMessage(HttpMethod.Post, $"{Path}/{id}") { Content = JsonContent.Create(new { event_types = new[] { "visit.*" } }), Headers = { { "If-Match", etag } } };
            Assert.Equal(expected, (await Admin.SendAsync(change)).StatusCode);
        }

        var now = await Ok(await Admin.GetAsync($"{Path}/{id}"));
        Assert.Equal(("visit.*", "http://127.0.0.1:4999/", true), ((string)now["event_types"]![0]!, (string)now["url"]!, (bool)now["is_active"]!));
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.GetAsync($"{Path}/{Guid.NewGuid()}")).StatusCode);
    }

    [Fact]
    public async Task Off_means_that_nothing_new_is_queued_and_what_waits_goes_out_when_it_is_on_again()
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(400)) };
        var (id, _) = await Enter(receiver.Url, "off.*");
        await hospital.Put("off.first");
        await hospital.Deliver();
        await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}", new { is_active = false }));
        await hospital.Put("off.missed");
        using (var refused = await Admin.PostAsJsonAsync($"{Path}/{id}/test", new { })) Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(1, (int)(await Ok(await Admin.GetAsync($"{Path}/{id}")))["waiting"]!);

        receiver.Answer = Says(_ => Taken);
        await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}", new { is_active = true }));
        await hospital.Deliver();

        Assert.Equal(["off.first", "off.first"], receiver.Calls.Select(call => (string)call.Json["type"]!));
        Assert.Equal(0, (int)(await Ok(await Admin.GetAsync($"{Path}/{id}")))["waiting"]!);
    }

    [Fact]
    public async Task For_a_day_after_a_change_of_the_secret_both_sign_and_then_only_the_new_one()
    {
        await using var receiver = new Receiver();
        var (id, before) = await Enter(receiver.Url, "rotate.*");
        var after = (string)(await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}/rotate", new { })))["secret"]!;
        await hospital.Put("rotate.a");
        await hospital.Deliver();
        await hospital.Execute($"update platform.webhook_endpoints set old_until = now() - interval '1 second' where id = '{id}'");
        await hospital.Put("rotate.b");
        await hospital.Deliver();

        var (first, second) = (receiver.Calls.First(), receiver.Calls.Last());
        Assert.Equal(
            ["true", "true", "true", "true", "true", "false"],
            await Crosscheck.Run("webhooks.mjs", [first.Asked("library", after), first.Asked("library", before), first.Asked("own", before), second.Asked("own", after), second.Asked("library", after), second.Asked("library", before)]));

        await hospital.App.Services.GetRequiredService<KeepWebhooks>().RunOnce(CancellationToken.None);
        Assert.True(await hospital.One<bool>($"select old_secret is null from platform.webhook_endpoints where id = '{id}'"));
    }

    [Fact]
    public async Task A_secret_is_not_changed_twice_while_the_one_before_still_signs()
    {
        var (id, _) = await Enter("http://127.0.0.1:4999/");
        await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}/rotate", new { }));
        var kept = await hospital.One<string>($"select md5(secret) || md5(old_secret) from platform.webhook_endpoints where id = '{id}'");
        var until = await hospital.One<DateTime>($"select old_until from platform.webhook_endpoints where id = '{id}'");
        using var refused = await Admin.PostAsJsonAsync($"{Path}/{id}/rotate", new { });
        var problem = (await refused.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((HttpStatusCode.Conflict, "WEBHOOK_SECRET_CHANGING"), (refused.StatusCode, (string)problem["code"]!));
        Assert.Contains($"{until:u}", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal(kept, await hospital.One<string>($"select md5(secret) || md5(old_secret) from platform.webhook_endpoints where id = '{id}'"));
        await hospital.Execute($"update platform.webhook_endpoints set old_until = now() where id = '{id}'");
        await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}/rotate", new { }));
    }

    [Fact]
    public async Task What_failed_is_sent_again_when_somebody_says_so()
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(422, "no")) };
        var (id, _) = await Enter(receiver.Url, "again.*");
        await hospital.Put("again.a", "again.b");
        await hospital.Execute($"update delivery.jobs set max_attempts = 1 where channel = 'hook:{id}'");
        await hospital.Deliver();
        var failed = (await Ok(await Admin.GetAsync($"{Path}/{id}/attempts?failed=true"))).AsArray();
        Assert.Equal(("again.a", "FAILED", "no"), ((string)failed.Single()!["type"]!, (string)failed.Single()!["state"]!, (string)failed.Single()!["response"]!));
        var standing = await Ok(await Admin.GetAsync($"{Path}/{id}"));
        Assert.Equal((1, 1), ((int)standing["failed"]!, (int)standing["waiting"]!));

        receiver.Answer = Says(_ => Taken);
        Assert.Equal(1, (int)(await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}/resend", new { job = (long)failed.Single()!["job"]! })))["requeued"]!);
        await hospital.Deliver();

        Assert.Equal(["again.a", "again.a", "again.b"], receiver.Calls.Select(call => (string)call.Json["type"]!));
        Assert.Equal(3, (await Ok(await Admin.GetAsync($"{Path}/{id}/attempts"))).AsArray().Count);
        using var page = await Admin.GetAsync($"{Path}/{id}/attempts?limit=2");
        var next = (string)(await page.Content.ReadFromJsonAsync<JsonNode>())!["meta"]!["next"]!;
        Assert.Single((await Ok(await Admin.GetAsync($"{Path}/{id}/attempts?limit=2&after={next}"))).AsArray());
    }

    [Fact]
    public async Task Who_is_deleted_leaves_nothing_that_waits_and_no_alarm()
    {
        var (id, _) = await Enter("http://127.0.0.1:4999/", "gone.*");
        await hospital.Put("gone.a", "gone.b");
        Assert.Equal(2, (int)(await Ok(await Admin.DeleteAsync($"{Path}/{id}")))["withdrawn"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.DeleteAsync($"{Path}/{id}")).StatusCode);
        Assert.Equal("IDLE", await hospital.One<string>($"select state from delivery.lanes where channel = 'hook:{id}'"));
        Assert.Equal(0, await hospital.One<long>($"select count(*) from platform.breakers where name = 'hook:{id}'"));

        await hospital.Execute($"delete from delivery.jobs where channel = 'hook:{id}'; delete from delivery.lanes where channel = 'hook:{id}'");
        await hospital.App.Services.GetRequiredService<KeepWebhooks>().RunOnce(CancellationToken.None);
        Assert.Equal(0, await hospital.One<long>($"select count(*) from delivery.channels where name = 'hook:{id}'"));
    }

    [Fact]
    public async Task Whoever_changes_a_receiver_while_it_is_told_waits_for_nobody_who_waits_for_them()
    {
        var seen = 0;
        await using var receiver = new Receiver { Answer = Says(_ => Interlocked.Increment(ref seen) % 4 == 0 ? Status(400) : Taken) };
        var (id, _) = await Enter(receiver.Url, "busy.*");
        await hospital.Put([.. Enumerable.Range(0, 60).Select(i => $"busy.t{i}")], spread: true);
        using var over = new CancellationTokenSource();
        var delivering = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested) await hospital.Deliver();
        });
        for (var i = 0; i < 15; i++)
        {
            await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}", new { is_active = false }));
            await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}", new { is_active = true }));
        }

        await Ok(await Admin.DeleteAsync($"{Path}/{id}"));
        await over.CancelAsync();
        await delivering;
        // What was under way when the receiver was deleted, and refused, is dropped at its next turn.
        await hospital.Execute($"update delivery.lanes set due_at = now() where channel = 'hook:{id}' and state = 'OPEN'");
        await hospital.Deliver();
        Assert.Equal(0, await hospital.One<long>($"select count(*) from delivery.jobs where channel = 'hook:{id}' and state not in ('SENT', 'CANCELLED')"));
    }

    [Fact]
    public async Task Who_took_nothing_for_five_days_is_switched_off_and_told_as_trouble()
    {
        var (id, _) = await Enter("http://127.0.0.1:4999/", "dead.*");
        await hospital.Execute($"update platform.webhook_endpoints set failing_since = now() - interval '6 days', last_failure_at = now(), last_failure = 'x' where id = '{id}'");
        var keep = hospital.App.Services.GetRequiredService<KeepWebhooks>();
        await keep.RunOnce(CancellationToken.None);
        var off = await Ok(await Admin.GetAsync($"{Path}/{id}"));
        Assert.Equal((false, "Nothing was taken for five days."), ((bool)off["is_active"]!, (string)off["off_because"]!));
        var trouble = new WebhookTrouble(hospital.App.Database.App);
        Assert.Contains(await trouble.Find(CancellationToken.None), condition => condition.Name == $"webhook.off:{id}");

        await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}", new { is_active = true }));
        await keep.RunOnce(CancellationToken.None);
        Assert.True((bool)(await Ok(await Admin.GetAsync($"{Path}/{id}")))["is_active"]!);
        Assert.DoesNotContain(await trouble.Find(CancellationToken.None), condition => condition.Name == $"webhook.off:{id}");
    }

    [Fact]
    public async Task A_type_that_nothing_is_of_is_named_with_those_that_there_are()
    {
        var made = await Admin.PostAsJsonAsync(Path, new { url = "http://127.0.0.1:4999/", event_types = new[] { "antrean.TASK_SENT", "zzz" } });
        var problem = await Refusal.Of(Task.FromResult(made), HttpStatusCode.BadRequest, "WEBHOOK_TYPE_UNKNOWN", "event_types");
        var (id, _) = await Enter("http://127.0.0.1:4999/", "antrean.TASK_SENT", "notification.*", "webhook.test", "*");
        await hospital.Execute($"update platform.webhook_endpoints set event_types = '{{older.type}}' where id = '{id}'");

        Assert.StartsWith("Nothing that happens here is of this type: zzz. There are: ", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Contains(" booking.created, ", (string)problem["detail"]!, StringComparison.Ordinal);
        await Refusal.Of(Admin.PostAsJsonAsync($"{Path}/{id}", new { event_types = new[] { "older.type", "zzz" } }), HttpStatusCode.BadRequest, "WEBHOOK_TYPE_UNKNOWN", "event_types");
        await Ok(await Admin.PostAsJsonAsync($"{Path}/{id}", new { event_types = new[] { "older.type", "booking.*" } }));
    }

    private async Task<(Guid Id, string Secret)> Enter(string url, params string[] types)
    {
        var made = await Ok(await Admin.PostAsJsonAsync(Path, new { url, event_types = types is [] ? ["nothing.at_all"] : types }));
        return (Guid.Parse((string)made["id"]!), (string)made["secret"]!);
    }

    private static async Task<JsonNode> Ok(HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, body);
        return JsonNode.Parse(body)!["data"]!;
    }
}
