using Alur.Platform.Audit;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Webhooks;

/// <summary>All receivers, and a form for one more. The secret stands on the page that answers the form, and on no other.</summary>
internal static class WebhooksPage
{
    public const string Path = "/admin/webhooks";

    public static async Task<IResult> Show(ListWebhooks webhooks, ToldTypes told, CancellationToken ct) => PageResult.Of<WebhooksView>(await Model(webhooks, told, ct));

    public static async Task<IResult> Add(HttpContext http, ListWebhooks webhooks, AddWebhook add, ToldTypes told, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        var wanted = new NewWebhook(form.Value["url"], form.Value["description"], Types(form.Value["types"]));
        var made = await add.Run(wanted, http.AuditOrigin(), (_, _) => Task.CompletedTask, ct);
        var list = await Model(webhooks, told, ct);
        return made.Ok
            ? PageResult.Of<WebhooksView>(list with { Made = made.Value })
            : PageResult.Refused<WebhooksView>(list with { Typed = wanted, Refusal = made.Error }, made.Error);
    }

    /// <summary>One on each line, or with blanks or commas between.</summary>
    internal static IReadOnlyList<string> Types(string text) => [.. text.Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    private static async Task<WebhookList> Model(ListWebhooks webhooks, ToldTypes told, CancellationToken ct) =>
        new(await webhooks.Run(ct), told.Names);
}

/// <summary>What the page of receivers shows.</summary>
/// <param name="Webhooks">All of them.</param>
/// <param name="Types">All that this program can tell.</param>
internal sealed record WebhookList(IReadOnlyList<Webhook> Webhooks, IReadOnlyList<string> Types)
{
    /// <summary>The form as it was filled in and refused.</summary>
    public NewWebhook Typed { get; init; } = new("", "", []);

    /// <summary>Why it was refused.</summary>
    public Error? Refusal { get; init; }

    /// <summary>The one that was just entered.</summary>
    public WebhookSecretOnce? Made { get; init; }
}
