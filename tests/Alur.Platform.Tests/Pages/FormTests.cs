using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Alur.Testing;

namespace Alur.Platform.Tests.Pages;

/// <summary>Forms as nobody's browser sends them.</summary>
public sealed class FormTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    [Theory]
    [InlineData("/antrean?date=2026-01-20", "/antrean?date=2026-01-20")]
    [InlineData("/%C3%A9", "/%C3%A9")]
    [InlineData("/é", "/")]
    [InlineData("/\u202e", "/")]
    [InlineData("/😀", "/")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("https://elsewhere.example", "/")]
    public async Task A_form_leads_back_to_a_page_of_ours_or_to_the_first_one(string to, string back)
    {
        using var form = new FormUrlEncodedContent([new("language", "id"), new("to", to)]);

        using var answer = await fixture.App.AsBrowser().PostAsync("/preferences", form);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(back, answer.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("utf-7"), InlineData("utf-16"), InlineData("nonsense")]
    public async Task A_form_in_another_encoding_is_refused_and_no_fault_of_ours(string charset)
    {
        using var form = new ByteArrayContent(Encoding.ASCII.GetBytes("email=a&password=b"));
        form.Headers.ContentType = MediaTypeHeaderValue.Parse($"application/x-www-form-urlencoded; charset={charset}");

        await Refusal.Of(fixture.App.AsStranger().PostAsync("/sign-in", form), HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE");
    }
}
