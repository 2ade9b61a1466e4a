using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Notifications;

/// <summary>Lets an admin tell many at once, and shows what was told and how many have read it.</summary>
internal static class BroadcastsPage
{
    public const string Path = "/admin/broadcasts";

    public static async Task<IResult> Show(
        NpgsqlDataSource database, [FromServices] IEnumerable<Grant> grants, AuditNames names, CancellationToken ct, [FromQuery(Name = Pager.Cursor)] string? after = null)
    {
        var list = await Read(database, grants, names, after, ct);
        return list.Ok ? PageResult.Of<BroadcastsView>(list.Value) : Problem.From(list.Error);
    }

    public static async Task<IResult> Submit(
        HttpContext http, SendBroadcast send, NpgsqlDataSource database, [FromServices] IEnumerable<Grant> grants, AuditNames names, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok) return Problem.From(form.Error);
        var typed = Typed(form.Value);
        var sent = await send.Run(typed, http.AuditOrigin(), beforeCommit: (_, _) => Task.CompletedTask, ct);
        if (sent.Ok)
        {
            var here = new Here(http);
            return Forms.Back(http, Path, new Notice(here.Say($"Terkirim: ada di daftar {here.Number(sent.Value.Recipients)} orang.", $"Sent: {here.Number(sent.Value.Recipients)} people have it in their list.")));
        }

        var list = await Read(database, grants, names, after: null, ct);
        return PageResult.Refused<BroadcastsView>(list.Value with { Typed = typed, Refusal = sent.Error }, sent.Error);
    }

    // A form that is sent twice, by a second click, tells once.
    private static NewBroadcast Typed(FormFields fields) => new(
        Guid.TryParseExact(fields["id"], "D", out var id) ? id : Guid.CreateVersion7(), fields["type"], fields["title"], fields["message"], fields["priority"], fields["audience"]);

    private static async Task<Result<BroadcastList>> Read(NpgsqlDataSource database, IEnumerable<Grant> grants, AuditNames names, string? after, CancellationToken ct)
    {
        var page = await ListBroadcasts.Run(database, after, Paging.DefaultLimit, ct);
        return page.Ok ? new BroadcastList(page.Value, await ListBroadcasts.Sizes(database, grants, ct), await names.All(ct)) : page.Error;
    }
}

/// <summary>What the page of broadcasts shows.</summary>
/// <param name="Page">What was told.</param>
/// <param name="Audiences">Whom something can be told.</param>
/// <param name="Names">Of whoever told it.</param>
internal sealed record BroadcastList(Page<Broadcast> Page, IReadOnlyList<AudienceSize> Audiences, IReadOnlyDictionary<string, string> Names)
{
    /// <summary>The form as it was filled in and refused.</summary>
    public NewBroadcast Typed { get; init; } = new(Guid.CreateVersion7(), "", "", "", "", "");

    /// <summary>Why it was refused.</summary>
    public Error? Refusal { get; init; }
}
