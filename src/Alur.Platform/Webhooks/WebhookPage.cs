using System.Globalization;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Doctor;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Platform.Webhooks;

/// <summary>One receiver: how it is doing, what was tried, and everything that can be done with it. The slices are those of <c>/api/admin/webhooks</c>.</summary>
internal static class WebhookPage
{
    private const int AttemptsAtOnce = 30;

    public static string AddressOf(Guid id) => $"{WebhooksPage.Path}/{id}";

    public static Task<IResult> Show([FromRoute] Guid id, [AsParameters] WebhookSlices slices, CancellationToken ct, [FromQuery] bool failed = false, [FromQuery] string? after = null) =>
        Page(id, slices, failed, after, secret: null, ct);

    public static async Task<IResult> Submit([FromRoute] Guid id, HttpContext http, [AsParameters] WebhookSlices slices, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        if (form.Value["do"] == "rotate")
        {
            var rotated = await slices.Rotate.Run(id, Seen(form.Value), http.AuditOrigin(), (_, _) => Task.CompletedTask, ct);
            if (rotated.Ok) return await Page(id, slices, failed: false, after: null, rotated.Value.Secret, ct);
            return rotated.Error is NotFound lost ? Problem.From(lost) : Forms.Back(http, AddressOf(id), Notice.Of(rotated, new Here(http), _ => ""));
        }

        var (done, said) = await Order(id, form.Value, slices, http.AuditOrigin(), ct);
        var here = new Here(http);
        return done.Error is NotFound gone ? Problem.From(gone)
            : Forms.Back(http, done.Ok && form.Value["do"] == "delete" ? WebhooksPage.Path : AddressOf(id), Notice.Of(done, here, _ => here.Say(said)));
    }

    private static async Task<(Result<int> Done, Words Said)> Order(Guid id, FormFields fields, WebhookSlices slices, AuditOrigin by, CancellationToken ct)
    {
        switch (fields["do"])
        {
            case "change":
                var change = new WebhookChange(fields["url"], fields["description"], WebhooksPage.Types(fields["types"]));
                return (Count(await slices.Change.Run(id, change, Seen(fields), by, ct)), new("Perubahan tersimpan.", "The change is kept."));
            case "on":
                return (Count(await slices.Change.Run(id, new WebhookChange(IsActive: true), Seen(fields), by, ct)), new("Webhook menyala; yang menunggu dikirim sekarang.", "The webhook is on; what waits goes out now."));
            case "off":
                return (Count(await slices.Change.Run(id, new WebhookChange(IsActive: false), Seen(fields), by, ct)), new("Webhook mati; yang menunggu tetap tersimpan.", "The webhook is off; what waits is kept."));
            case "test":
                var test = await slices.Test.Run(id, by, ct);
                return (test.Ok ? 1 : test.Error, new("Pesan uji dikirim; jawabannya tampil di bawah.", "The test was sent; its answer shows below."));
            case "delete":
                return (await slices.Delete.Run(id, Seen(fields), by, ct), new("Webhook dihapus beserta yang menunggu.", "The webhook is deleted, with what waited."));
            case "resend":
                long[]? job = long.TryParse(fields["job"], NumberStyles.None, CultureInfo.InvariantCulture, out var one) ? [one] : null;
                return (await slices.Queue.Requeue(new RequeueFilter(job, HookNames.Channel(id)), by, ct), new("Dikirim ulang.", "It is sent again."));
            default:
                return (new FormRequired(), new("", ""));
        }
    }

    private static Result<int> Count(Result<Guid> done) => done.Ok ? 1 : done.Error;

    // What the API is told by If-Match: the receiver as the form showed it.
    private static Precondition? Seen(FormFields fields) => fields["seen"] is { Length: > 0 } version ? new Precondition([version]) : null;

    private static async Task<IResult> Page(Guid id, WebhookSlices slices, bool failed, string? after, string? secret, CancellationToken ct)
    {
        var webhook = await slices.Webhooks.One(id, ct);
        if (!webhook.Ok) return Problem.From(webhook.Error);
        var attempts = await slices.Attempts.Run(id, failed, after, AttemptsAtOnce, ct);
        return attempts.Ok ? PageResult.Of<WebhookView>(new WebhookCard(webhook.Value, attempts.Value, failed, secret)) : Problem.From(attempts.Error);
    }
}

/// <summary>What can be done with one receiver.</summary>
internal sealed record WebhookSlices(
    ListWebhooks Webhooks, ListWebhookAttempts Attempts, ChangeWebhook Change, RotateWebhookSecret Rotate, DeleteWebhook Delete, TestWebhook Test, DeliveryQueue Queue);

/// <summary>What the page of one receiver shows.</summary>
/// <param name="Webhook">It.</param>
/// <param name="Attempts">A page of what was tried.</param>
/// <param name="OnlyFailed">Only of messages that stand still.</param>
/// <param name="Secret">The new one, on the page that answers the form.</param>
internal sealed record WebhookCard(Webhook Webhook, Page<WebhookAttempt> Attempts, bool OnlyFailed, string? Secret);
