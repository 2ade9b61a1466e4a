using Alur.Testing;

namespace Alur.Platform.Tests.Web;

public sealed class SecurityHeaderTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    [Theory]
    [InlineData("/health/live"), InlineData("/api/antrean/sites"), InlineData("/nowhere"), InlineData("/setup/unknown")]
    [InlineData("/api/admin/audit/export"), InlineData("/api/antrean/visits?limit=0")]
    public async Task Every_answer_also_a_refusal_lets_a_browser_do_nothing_with_it(string path)
    {
        using var answer = await fixture.App.AsAdmin().GetAsync(path);

        Assert.Equal("default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", Header(answer, "Content-Security-Policy"));
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(answer, "X-Frame-Options"));
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Resource-Policy"));
        Assert.Equal("no-store", Header(answer, "Cache-Control"));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task A_browser_that_came_by_TLS_is_told_to_stay_with_it_and_another_is_not()
    {
        var client = fixture.App.AsStranger();
        Assert.False((await client.GetAsync("/health/live")).Headers.Contains("Strict-Transport-Security"));

        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        Assert.Equal("max-age=31536000", Header(await client.GetAsync("/health/live"), "Strict-Transport-Security"));
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(';', answer.Headers.GetValues(name));
}
