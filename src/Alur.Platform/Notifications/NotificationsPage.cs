using Alur.Platform.Mail;
using Alur.Platform.Pages;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Notifications;

/// <summary>What the reader was told, and marking it as read.</summary>
internal static class NotificationsPage
{
    public const string Path = "/notifications";

    public static async Task<IResult> Show(
        HttpContext http, NpgsqlDataSource database, [AsParameters] NotificationFilter filter, CancellationToken ct, [FromQuery(Name = Pager.Cursor)] string? after = null)
    {
        var page = await ListNotifications.Run(database, http.AccountId(), filter, after, Paging.DefaultLimit, ct);
        return page.Ok
            ? PageResult.Of<NotificationsView>(new NotificationList(filter, page.Value, await ListNotifications.CountUnread(database, http.AccountId(), ct)))
            : Problem.From(page.Error);
    }

    public static async Task<IResult> Submit(HttpContext http, NpgsqlDataSource database, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok) return Problem.From(form.Error);
        var (here, fields) = (new Here(http), form.Value);
        if (fields["up_to"] is { Length: > 0 } last)
        {
            var all = await ReadNotifications.MarkUpTo(database, http.AccountId(), Guid.TryParse(last, out var id) ? id : Guid.Empty, ct);
            return Forms.Back(http, fields["to"], Notice.Of(all, here, done => here.Say($"{here.Number(done.Read)} pemberitahuan ditandai sudah dibaca.", $"{here.Number(done.Read)} marked as read.")));
        }

        var one = await ReadNotifications.Mark(database, http.AccountId(), fields["id"], ct);
        return Forms.Back(http, fields["to"], Notice.Of(one, here, _ => here.Say("Ditandai sudah dibaca.", "Marked as read.")));
    }
}

/// <summary>How the reader wants to be told.</summary>
internal static class PreferencesPage
{
    public const string Path = "/notifications/preferences";

    public static async Task<IResult> Show(HttpContext http, NpgsqlDataSource database, EnqueueMail mail, CancellationToken ct) =>
        PageResult.Of<PreferencesView>(new PreferenceList(await ChoosePreferences.Read(database, http.AccountId(), ct), mail.MailIsConfigured));

    public static async Task<IResult> Submit(HttpContext http, NpgsqlDataSource database, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok) return Problem.From(form.Error);
        var (inApp, wanted) = (form.Value.All("in_app"), await ChoosePreferences.Read(database, http.AccountId(), ct));
        foreach (var type in NotificationWords.ToldHere.Select(type => type.Word()))
        {
            wanted[type] = new Preference(inApp.Contains(type, StringComparer.Ordinal), form.Value[$"email_{type}"] is { Length: > 0 } from ? from : null);
        }

        var (here, chosen) = (new Here(http), await ChoosePreferences.Run(database, http.AccountId(), wanted, ct));
        return Forms.Back(http, Path, Notice.Of(chosen, here, _ => here.Say("Pilihan Anda disimpan.", "Your choice is kept.")));
    }
}

/// <summary>What the page of notifications shows.</summary>
/// <param name="Asked">The filters.</param>
/// <param name="Page">What they found.</param>
/// <param name="Unread">Of all, whatever the filters are.</param>
internal sealed record NotificationList(NotificationFilter Asked, Page<Notification> Page, Unread Unread);

/// <summary>What the page of preferences shows.</summary>
/// <param name="Wishes">By type.</param>
/// <param name="HasMail">There is a mail server to send by.</param>
internal sealed record PreferenceList(IReadOnlyDictionary<string, Preference> Wishes, bool HasMail);
