using Alur.Platform.Doctor;
using Alur.Platform.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alur.Platform.Tests.Webhooks;

public sealed class KeepWebhooksTests
{
    [Fact]
    public async Task With_another_first_line_in_the_key_file_secrets_are_encrypted_anew_and_the_old_line_may_go()
    {
        await using var receiver = new Receiver();
        await using var desk = await HookDesk.Open();
        var (_, secret) = await desk.Endpoint(receiver.Url);
        var old = await File.ReadAllTextAsync(desk.KeyFile);
        var anew = Convert.ToBase64String(WebhookSecret.New()).TrimEnd('=').Replace('+', '-').Replace('/', '_');

        await File.WriteAllTextAsync(desk.KeyFile, $"{anew}\n{old}");
        await Keep(desk).RunOnce(CancellationToken.None);
        await File.WriteAllTextAsync(desk.KeyFile, anew);
        await desk.Put(HookDesk.Event());
        Assert.Equal(1, (await desk.Deliver()).Delivered);

        var call = receiver.Calls.Single();
        Assert.Equal(["true"], await Alur.Testing.Crosscheck.Run("webhooks.mjs", [call.Asked("own", WebhookSecret.Show(secret))]));
    }

    [Fact]
    public async Task The_doctor_names_whose_secret_cannot_be_read_and_nothing_of_it_is_changed()
    {
        await using var desk = await HookDesk.Open();
        await desk.Endpoint("https://hook.example/secret-path");
        var check = new CheckWebhooks(desk.Secrets);
        Assert.Empty(await check.Run(new DoctorRound(Subject: null, desk.Database.App), CancellationToken.None));
        await File.WriteAllTextAsync(desk.KeyFile, Convert.ToBase64String(WebhookSecret.New()).TrimEnd('=').Replace('+', '-').Replace('/', '_'));

        await Keep(desk).RunOnce(CancellationToken.None);
        var finding = Assert.Single(await check.Run(new DoctorRound(Subject: null, desk.Database.App), CancellationToken.None));

        Assert.Equal(("webhooks.secret", FindingLevel.Wrong), (finding.Check, finding.Level));
        Assert.Contains("hook.example", finding.Found.English, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-path", finding.Found.English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_refused_one_message_and_was_told_nothing_since_stays_on_and_what_fails_later_is_something_new()
    {
        await using var receiver = new Receiver { Answer = Receiver.Says(_ => Receiver.Status(400)) };
        await using var desk = await HookDesk.Open();
        await desk.Endpoint(receiver.Url);
        await desk.Execute("update platform.webhook_endpoints set failing_since = now() - interval '6 days', last_failure_at = now() - interval '3 days', last_failure = 'x'");
        await Keep(desk).RunOnce(CancellationToken.None);
        Assert.True(await desk.One<bool>("select is_active from platform.webhook_endpoints"));

        await desk.Put(HookDesk.Event());
        await desk.Deliver();
        await Keep(desk).RunOnce(CancellationToken.None);

        Assert.True(await desk.One<bool>("select is_active and failing_since = last_failure_at and failing_since > now() - interval '1 hour' from platform.webhook_endpoints"));
    }

    [Fact]
    public async Task A_receiver_that_took_nothing_for_five_days_and_is_still_tried_is_switched_off()
    {
        await using var receiver = new Receiver { Answer = Receiver.Says(_ => Receiver.Status(500)) };
        await using var desk = await HookDesk.Open();
        await desk.Endpoint(receiver.Url);
        await desk.Execute("update platform.webhook_endpoints set failing_since = now() - interval '121 hours', last_failure_at = now() - interval '20 minutes', last_failure = 'x'");
        await desk.Put(HookDesk.Event());
        await desk.Deliver();
        await Keep(desk).RunOnce(CancellationToken.None);
        Assert.Equal("Nothing was taken for five days.", await desk.One<string>("select off_because from platform.webhook_endpoints where not is_active"));
    }

    [Fact]
    public async Task The_secret_of_one_receiver_opens_for_no_other()
    {
        await using var desk = await HookDesk.Open();
        var kept = desk.Secrets.Seal(Guid.CreateVersion7(), WebhookSecret.New()).Value;
        Assert.Equal("WEBHOOK_KEY_MISSING", desk.Secrets.Open(Guid.CreateVersion7(), [kept]).Error!.Code);
    }

    private static KeepWebhooks Keep(HookDesk desk) => new(desk.Database.App, desk.Secrets, new SwitchWebhookOff(desk.Database.App), NullLogger<KeepWebhooks>.Instance);
}
