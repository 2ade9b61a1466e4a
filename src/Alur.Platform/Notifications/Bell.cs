using Alur.Platform.Identity;
using Alur.Platform.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Notifications;

/// <summary>What the bell in the frame of every page shows. A page is not withheld because the bell does not know.</summary>
internal static class Bell
{
    /// <summary>Null: the reader has no account, only a part of the page is asked for, or nobody knows.</summary>
    public static async Task<Unread?> Of(Here here, HttpContext http)
    {
        if (!here.May(Policies.Client) || http.Request.Headers.ContainsKey("HX-Request"))
        {
            return null;
        }

        try
        {
            return await ListNotifications.CountUnread(http.RequestServices.GetRequiredService<NpgsqlDataSource>(), http.AccountId(), http.RequestAborted);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return null;
        }
    }
}
