using System.Net;
using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Platform.Tests.Audit;
using Alur.Testing;
using static Alur.Platform.Tests.Notifications.NotificationDesk;

namespace Alur.Platform.Tests.Notifications;

/// <summary>The bell of every page, as the server makes it.</summary>
public sealed class BellTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task Without_script_the_bell_is_a_link_that_counts_when_a_page_is_opened()
    {
        using var reader = await _app.AsReader(Policies.Client, "integration");
        Assert.Contains("aria-label=\"Pemberitahuan, semua sudah dibaca\"", await reader.GetStringAsync("/account"), StringComparison.Ordinal);

        await _app.Tell([.. Enumerable.Range(0, 100).Select(n => Announcement($"{n}", Audience.Grant("integration")))]);

        foreach (var page in (string[])["/account", "/notifications", "/no-such-page"])
        {
            var html = await (await reader.GetAsync(page)).Content.ReadAsStringAsync();
            Assert.Contains("href=\"/notifications\"", html, StringComparison.Ordinal);
            Assert.Contains("aria-label=\"Pemberitahuan, 100 belum dibaca\"", html, StringComparison.Ordinal);
            Assert.Contains(">99\u002b<", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stranger_and_a_program_with_a_key_have_no_bell()
    {
        using var program = _app.AsApiCaller();
        program.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        Assert.DoesNotContain("id=\"bell\"", await program.GetStringAsync("/antrean"), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"bell\"", await _app.AsBrowser().GetStringAsync("/sign-in"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_marks_nothing_of_somebody_else()
    {
        var person = await _app.NewPerson();
        await _app.Tell(Announcement("a", Audience.People(person.Id)));
        var id = (string)(await person.Data("/api/notifications"))[0]!["id"]!;
        using var other = await _app.AsReader(Policies.Client);

        foreach (var field in (string[])["id", "up_to"])
        {
            using var form = new FormUrlEncodedContent([new(field, id), new("to", "/notifications")]);
            Assert.Equal(HttpStatusCode.SeeOther, (await other.PostAsync("/notifications", form)).StatusCode);
        }

        Assert.Contains("Pemberitahuan itu tidak ada.", await other.GetStringAsync("/notifications"), StringComparison.Ordinal);
        Assert.Equal(["a"], await person.Titles("?unread=true"));
    }

    [Fact]
    public async Task Choices_for_types_that_nobody_is_asked_of_stay_as_they_are()
    {
        var email = await _app.NewUser(Policies.Client);
        var client = await _app.SignIn(email);
        var id = Assert.Single(await _app.Database.Column($"select id from identity.users where email = '{email}'"));
        var person = new Person(Guid.Parse(id), email, client);
        (await person.PutJson("/api/notifications/preferences", """{"payment_received":{"in_app":false,"email_from":"low"}}""")).EnsureSuccessStatusCode();
        using var reader = _app.AsBrowser();
        using var signIn = new FormUrlEncodedContent([new("email", email), new("password", AlurApp.Password), new("to", "/")]);
        await reader.PostAsync("/sign-in", signIn);

        using var form = new FormUrlEncodedContent([new("in_app", "new_feature"), new("email_new_feature", "critical")]);
        Assert.Equal(HttpStatusCode.SeeOther, (await reader.PostAsync("/notifications/preferences", form)).StatusCode);

        var kept = await person.Data("/api/notifications/preferences");
        Assert.Equal("""{"in_app":false,"email_from":"low"}""", kept["payment_received"]!.ToJsonString());
        Assert.Equal("""{"in_app":true,"email_from":"critical"}""", kept["new_feature"]!.ToJsonString());
        Assert.Equal("""{"in_app":false,"email_from":null}""", kept["admin_alert"]!.ToJsonString());
    }
}
