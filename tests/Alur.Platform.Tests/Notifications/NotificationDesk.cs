using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Platform.Tests.Audit;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Notifications;

/// <summary>Somebody who is told something, and their own client.</summary>
internal sealed record Person(Guid Id, string Email, HttpClient Client)
{
    /// <summary>Their list, newest first, as titles.</summary>
    public async Task<string[]> Titles(string query = "") => [.. (await Data($"/api/notifications{query}")).AsArray().Select(item => (string)item!["title"]!)];

    /// <summary>A success's <c>data</c>.</summary>
    public async Task<JsonNode> Data(string path) => JsonNode.Parse(await Client.GetStringAsync(path))!["data"]!;
}

/// <summary>Tells people something as the program does.</summary>
internal static class NotificationDesk
{
    public static NewNotification Announcement(string title, Audience to, NotificationPriority priority = NotificationPriority.Medium) =>
        new(to, NotificationType.SystemAnnouncement, title, $"About {title}.", priority);

    /// <summary>An account of its own that is signed in.</summary>
    public static async Task<Person> NewPerson(this AlurApp app, string role = Policies.Client, params string[] grants)
    {
        var email = await app.NewUser(role, grants);
        var id = Assert.Single(await app.Database.Column($"select id from identity.users where email = '{email}'"));
        return new Person(Guid.Parse(id), email, await app.SignIn(email));
    }

    /// <summary>In a transaction of its own, which is committed.</summary>
    public static async Task<IReadOnlyList<Notified>> Tell(this AlurApp app, params NewNotification[] notifications)
    {
        await using var connection = await app.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var told = await app.Services.GetRequiredService<Notify>().Run(tx, notifications, CancellationToken.None);
        await tx.CommitAsync();
        return told.Each;
    }

    public static Task<HttpResponseMessage> PutJson(this Person person, string path, string body) =>
        person.Client.PutAsync(path, new StringContent(body, new MediaTypeHeaderValue("application/json")));
}
