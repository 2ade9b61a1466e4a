using System.Net;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Tests.Audit;
using Alur.Platform.Tests.Delivery;
using Alur.Platform.Web;
using Alur.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Identity;

/// <summary>One-time links opened on another machine, behind a proxy that the settings name.</summary>
public sealed class LinkFromElsewhereTests : IAsyncLifetime
{
    private AlurApp? _app;

    private AlurApp App => _app!;

    public async ValueTask InitializeAsync() => _app = await AlurApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Web:Proxies:0"] = "127.0.0.0/8" });

    public ValueTask DisposeAsync() => App.DisposeAsync();

    [Fact]
    public async Task A_password_is_not_taken_over_plain_http_and_the_link_still_works_by_tls()
    {
        var link = await NewLink();

        using var plain = await Choose(link, tls: false);
        Assert.Equal(HttpStatusCode.Forbidden, plain.StatusCode);
        Assert.Contains("TLS", await plain.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var safe = await Choose(link, tls: true);

        Assert.Equal(HttpStatusCode.OK, safe.StatusCode);
    }

    [Fact]
    public async Task The_audit_says_from_where_a_password_was_chosen()
    {
        (await Choose(await NewLink(), tls: true)).EnsureSuccessStatusCode();

        Assert.Equal(
            ["198.51.100.7"],
            await App.Database.Column("select ip_address from audit.audit_logs where resource = 'users' and action = 'UPDATE' and new_values ? 'password' and user_id::text = resource_id"));
    }

    [Fact]
    public async Task No_log_has_a_link_that_failed_because_the_database_was_away()
    {
        var lines = new KeptLines();
        var form = new FailureForm(_ => throw new InvalidOperationException("broken"), App.Services.GetRequiredService<UnavailableLog>(), lines);
        await using var scope = App.Services.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var link = await NewLink();
        http.Request.Path = link;
        http.SetEndpoint(App.Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().First(e => e.RoutePattern.RawText == "/setup/{link}"));

        await form.InvokeAsync(http);

        Assert.Contains("/setup/{link}", Assert.Single(lines.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain(AccountDesk.SecretOf(new SetUpLink(link, default)), lines.Lines[0], StringComparison.Ordinal);
    }

    private async Task<string> NewLink()
    {
        var added = await App.Services.GetRequiredService<AddUser>().Run(new NewUser($"{Guid.NewGuid():N}@rs-contoh.id", "Siti"), AuditOrigin.System, default);
        return added.Value.Path;
    }

    private async Task<HttpResponseMessage> Choose(string link, bool tls)
    {
        var client = App.AsBrowser();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.7");
        if (tls) client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var form = new FormUrlEncodedContent([new("password", AlurApp.Password), new("again", AlurApp.Password)]);
        return await client.PostAsync(link, form);
    }
}
