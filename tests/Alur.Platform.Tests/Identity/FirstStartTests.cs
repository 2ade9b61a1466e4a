using System.Net;
using System.Text.RegularExpressions;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Identity;

public sealed partial class FirstStartTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string?> Cheap = new(StringComparer.Ordinal) { ["Identity:PasswordCost"] = "10" };
    private AlurApp? _app;

    private AlurApp App => _app!;

    public async ValueTask InitializeAsync() => _app = await AlurApp.Start(Cheap);

    public ValueTask DisposeAsync() => App.DisposeAsync();

    [Fact]
    public async Task The_first_start_prints_a_link_that_makes_the_first_admin_once()
    {
        var link = PrintedLink().Match(App.Printed).Value;
        Assert.StartsWith(App.Address.ToString(), link, StringComparison.Ordinal);
        Assert.Contains("name=\"email\"", await Page(await App.AsStranger().GetAsync(link)));

        var kept = await Send(link, ("email", "Ibu@RS-contoh.id"), ("name", "Ibu Rina"), ("password", AccountDesk.Password), ("again", AccountDesk.Password));

        Assert.Contains("ibu@rs-contoh.id", await Page(kept));
        var admin = Assert.Single(await App.Services.GetRequiredService<ListUsers>().Run(default));
        Assert.Equal(("ibu@rs-contoh.id", "Ibu Rina", "admin"), (admin.Email, admin.Name, admin.Role));
        Assert.Contains("kedaluwarsa", await Page(await App.AsBrowser().GetAsync(link), HttpStatusCode.NotFound));
        await using var next = await AlurApp.Start(Cheap, onto: App.Database);
        Assert.DoesNotMatch(PrintedLink(), next.Printed);
    }

    [Fact]
    public async Task A_node_that_starts_meanwhile_prints_no_other_link_and_a_link_that_ran_out_is_followed_by_a_new_one()
    {
        await using (var next = await AlurApp.Start(Cheap, onto: App.Database))
        {
            Assert.DoesNotMatch(PrintedLink(), next.Printed);
        }

        await App.Database.Owner.Statement("update identity.setup_links set created_at = now() - interval '3 days', expires_at = now() - interval '1 second'").Run(default);
        await using var later = await AlurApp.Start(Cheap, onto: App.Database);

        Assert.NotEqual(PrintedLink().Match(App.Printed).Value, PrintedLink().Match(later.Printed).Value);
        Assert.Contains("name=\"email\"", await Page(await later.AsStranger().GetAsync(PrintedLink().Match(later.Printed).Value)));
    }

    [Fact]
    public async Task A_later_start_and_the_sign_in_page_say_how_to_make_the_first_account_until_there_is_one()
    {
        await using var next = await AlurApp.Start(Cheap, onto: App.Database);
        Assert.Contains("./alur user add EMAIL --role admin", next.Printed, StringComparison.Ordinal);
        Assert.Contains("./alur user add SUREL --role admin", await Page(await next.AsStranger().GetAsync("/sign-in")), StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("email", "ibu@rs-contoh.id"), KeyValuePair.Create("password", AccountDesk.Password)]);
        Assert.Contains("./alur user add SUREL --role admin", await Page(await next.AsStranger().PostAsync("/sign-in", form), HttpStatusCode.Unauthorized), StringComparison.Ordinal);

        Assert.True((await App.Services.GetRequiredService<AddUser>().Run(new NewUser("ibu@rs-contoh.id", "Ibu Rina", Role: Policies.Admin), AuditOrigin.System, default)).Ok);

        var page = await Page(await next.AsStranger().GetAsync("/sign-in"));
        Assert.DoesNotContain("./alur user add", page, StringComparison.Ordinal);
        Assert.Contains("./alur user reset SUREL", page, StringComparison.Ordinal);
        await using var last = await AlurApp.Start(Cheap, onto: App.Database);
        Assert.DoesNotContain("./alur user add", last.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_is_told_in_the_readers_language_and_costs_nothing()
    {
        var link = PrintedLink().Match(App.Printed).Value;

        Assert.Contains("tidak sama", await Page(await Send(link, ("email", "a@rs.id"), ("name", "A"), ("password", "one"), ("again", "two")), HttpStatusCode.BadRequest));
        Assert.Contains("paling sedikit 12", await Page(await Send(link, ("email", "a@rs.id"), ("name", "A"), ("password", "one"), ("again", "one")), HttpStatusCode.BadRequest));
        Assert.Contains("bukan alamat", await Page(await Send(link, ("email", "<b>"), ("name", "A"), ("password", AccountDesk.Password), ("again", AccountDesk.Password)), HttpStatusCode.BadRequest));
        using var english = App.AsStranger();
        english.DefaultRequestHeaders.Add("Cookie", "alur_language=en");
        Assert.Contains("at least 12 characters", await Page(await english.GetAsync(link)));
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/form-data; boundary=x", "--x--")]
    [InlineData("application/x-www-form-urlencoded", "email=a%00b&password=x&again=x")]
    [InlineData("application/x-www-form-urlencoded", null)]
    public async Task What_is_not_the_form_is_refused(string type, string? body)
    {
        using var content = new StringContent(body ?? string.Join('&', Enumerable.Range(0, 101).Select(n => $"field{n}=1")));
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);

        await Refusal.Of(App.AsStranger().PostAsync(PrintedLink().Match(App.Printed).Value, content), HttpStatusCode.BadRequest, "FORM_REQUIRED");
    }

    [Fact]
    public async Task The_page_can_be_framed_by_nobody_and_tells_its_address_to_nobody()
    {
        using var answer = await App.AsStranger().GetAsync(PrintedLink().Match(App.Printed).Value);

        Assert.Equal("strict-origin", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task A_name_is_text_and_never_markup()
    {
        var added = await App.Services.GetRequiredService<AddUser>().Run(new NewUser("x@rs.id", "<script>alert(1)</script>"), AuditOrigin.System, default);

        Assert.DoesNotContain("<script>alert", await Page(await App.AsStranger().GetAsync(added.Value.Path)), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> Send(string link, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await App.AsStranger().PostAsync(link, form);
    }

    private static async Task<string> Page(HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == status, text);
            Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            return text;
        }
    }

    [GeneratedRegex("http://[0-9.:]+/setup/[A-Za-z0-9_-]{43}", RegexOptions.None, 1000)]
    private static partial Regex PrintedLink();
}
