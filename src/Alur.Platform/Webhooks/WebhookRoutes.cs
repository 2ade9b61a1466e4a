using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Alur.Platform.Web.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Alur.Platform.Webhooks;

/// <summary><c>/api/admin/webhooks</c>: who is told by HTTP of what happens.</summary>
public static class WebhookRoutes
{
    /// <summary>Under a prefix that only administrators may call.</summary>
    public static IEndpointRouteBuilder MapWebhooks(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/webhooks", List);
        admin.MapGet("/webhooks/{id}", One);
        admin.MapGet("/webhooks/{id}/attempts", Attempts);

        // Both answer with a secret that is shown once.
        var secrets = admin.MapGroup("/webhooks").TakeIdempotencyKeysExactly();
        secrets.MapPost("", Add);
        secrets.MapPost("/{id}/rotate", Rotate).TakeIfMatch();

        var changes = admin.MapGroup("/webhooks/{id}").TakeIdempotencyKeys();
        changes.MapPost("", Change).TakeIfMatch();
        changes.MapDelete("", Delete).TakeIfMatch();
        changes.MapPost("/test", Test);
        changes.MapPost("/resend", Resend);
        return admin;
    }

    /// <summary>Every receiver, in the order in which they were entered.</summary>
    private static async Task<Answer<IReadOnlyList<Webhook>>> List(ListWebhooks webhooks, CancellationToken ct) => (Result<IReadOnlyList<Webhook>>)await webhooks.Run(ct);

    /// <summary>One receiver, with its version as ETag.</summary>
    private static async Task<Answer<Webhook>> One([FromRoute] Guid id, ListWebhooks webhooks, HttpContext http, CancellationToken ct)
    {
        var webhook = await webhooks.One(id, ct);
        if (webhook.Ok) http.ShowVersion(webhook.Value.Version);
        return webhook;
    }

    /// <summary>What was tried to tell it: by message, newest first.</summary>
    private static async Task<Listing<WebhookAttempt>> Attempts(
        [FromRoute] Guid id, ListWebhooks webhooks, ListWebhookAttempts attempts, CancellationToken ct,
        [FromQuery] bool failed = false, [FromQuery] string? after = null, [FromQuery, Range(1, Paging.MaxLimit)] int limit = Paging.DefaultLimit) =>
        await webhooks.One(id, ct) is { Ok: false } unknown ? unknown.Error : await attempts.Run(id, failed, after, limit, ct);

    /// <summary>Enters a receiver; gives the secret that its messages are signed with.</summary>
    private static async Task<Answer<WebhookSecretOnce>> Add([FromBody] AddRequest request, AddWebhook add, HttpContext http, CancellationToken ct) => await add.Run(
        new NewWebhook(request.Url ?? "", request.Description ?? "", request.EventTypes ?? []), http.AuditOrigin(), (tx, made) => http.KeepAnswer(tx, made, ct), ct);

    /// <summary>Gives it another secret; the one before signs too for 24 hours.</summary>
    private static async Task<Answer<WebhookSecretOnce>> Rotate([FromRoute] Guid id, RotateWebhookSecret rotate, HttpContext http, CancellationToken ct)
    {
        var seen = Precondition.Of(http);
        return seen.Ok ? await rotate.Run(id, seen.Value, http.AuditOrigin(), (tx, made) => http.KeepAnswer(tx, made, ct), ct) : seen.Error;
    }

    /// <summary>Changes what is named and leaves the rest.</summary>
    private static async Task<Answer<WebhookChanged>> Change([FromRoute] Guid id, [FromBody] ChangeRequest request, ChangeWebhook change, HttpContext http, CancellationToken ct)
    {
        var seen = Precondition.Of(http);
        if (!seen.Ok) return seen.Error;
        var done = await change.Run(id, new WebhookChange(request.Url, request.Description, request.EventTypes, request.IsActive), seen.Value, http.AuditOrigin(), ct);
        return done.Ok ? new WebhookChanged(done.Value) : done.Error;
    }

    /// <summary>Takes it away, with what waits for it.</summary>
    private static async Task<Answer<WebhookDeleted>> Delete([FromRoute] Guid id, DeleteWebhook delete, HttpContext http, CancellationToken ct)
    {
        var seen = Precondition.Of(http);
        if (!seen.Ok) return seen.Error;
        var done = await delete.Run(id, seen.Value, http.AuditOrigin(), ct);
        return done.Ok ? new WebhookDeleted(done.Value) : done.Error;
    }

    /// <summary>Sends it a message of no meaning.</summary>
    private static async Task<Accepted<WebhookTested>> Test([FromRoute] Guid id, TestWebhook test, HttpContext http, CancellationToken ct) => await test.Run(id, http.AuditOrigin(), ct);

    /// <summary>Sends a message that failed again, or all of them.</summary>
    private static async Task<Answer<WebhookResent>> Resend([FromRoute] Guid id, [FromBody] ResendRequest request, ListWebhooks webhooks, DeliveryQueue queue, HttpContext http, CancellationToken ct)
    {
        if (await webhooks.One(id, ct) is { Ok: false } unknown) return unknown.Error;
        var done = await queue.Requeue(new RequeueFilter(request.Job is { } job ? [job] : null, HookNames.Channel(id)), http.AuditOrigin(), ct);
        return done.Ok ? new WebhookResent(done.Value) : done.Error;
    }

    /// <summary>A receiver that is to be told.</summary>
    /// <param name="Url">Where it is called.</param>
    /// <param name="Description">For people, 200 characters at most.</param>
    /// <param name="EventTypes">What it is told: exact types, beginnings such as <c>booking.*</c>, or <c>*</c>.</param>
    public sealed record AddRequest(
        [property: JsonPropertyName("url")] string? Url = null,
        [property: JsonPropertyName("description")] string? Description = null,
        [property: JsonPropertyName("event_types")] IReadOnlyList<string>? EventTypes = null);

    /// <summary>What is to be another; what is not named stays.</summary>
    /// <param name="Url">Another address.</param>
    /// <param name="Description">Another description.</param>
    /// <param name="EventTypes">Exactly these from now on.</param>
    /// <param name="IsActive">Switches it on or off.</param>
    public sealed record ChangeRequest(
        [property: JsonPropertyName("url")] string? Url = null,
        [property: JsonPropertyName("description")] string? Description = null,
        [property: JsonPropertyName("event_types")] IReadOnlyList<string>? EventTypes = null,
        [property: JsonPropertyName("is_active")] bool? IsActive = null);

    /// <summary>What is sent again.</summary>
    /// <param name="Job">This delivery; null: every one that failed.</param>
    public sealed record ResendRequest([property: JsonPropertyName("job")] long? Job = null);
}

/// <summary>A receiver that was changed.</summary>
public sealed record WebhookChanged([property: JsonPropertyName("id")] Guid Id);

/// <summary>A receiver that is gone.</summary>
/// <param name="Withdrawn">Messages that waited for it.</param>
public sealed record WebhookDeleted([property: JsonPropertyName("withdrawn")] int Withdrawn);

/// <summary>Messages that are sent again.</summary>
/// <param name="Requeued">How many.</param>
public sealed record WebhookResent([property: JsonPropertyName("requeued")] int Requeued);
