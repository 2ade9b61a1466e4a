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
    public async Task The_secret_of_one_receiver_opens_for_no_other()
    {
        await using var desk = await HookDesk.Open();
        var kept = desk.Secrets.Seal(Guid.CreateVersion7(), WebhookSecret.New()).Value;
        Assert.Equal("WEBHOOK_KEY_MISSING", desk.Secrets.Open(Guid.CreateVersion7(), [kept]).Error!.Code);
    }

    private static KeepWebhooks Keep(HookDesk desk) => new(desk.Database.App, desk.Secrets, new SwitchWebhookOff(desk.Database.App), NullLogger<KeepWebhooks>.Instance);
}
