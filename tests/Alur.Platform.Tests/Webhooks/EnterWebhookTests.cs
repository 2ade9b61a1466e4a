using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Alur.Platform.Tests.Webhooks;

public sealed class EnterWebhookTests(WebhookHospital hospital) : IClassFixture<WebhookHospital>
{
    private const string Path = "/api/admin/webhooks";

    private HttpClient Admin => hospital.Admin;

    [Theory]
    [InlineData("not-an-address", "*", "WEBHOOK_URL_INVALID")]
    [InlineData("https://user:word@127.0.0.1/", "*", "WEBHOOK_URL_INVALID")]
    [InlineData("https://127.0.0.1:80/", "*", "WEBHOOK_URL_INVALID")]
    [InlineData("http://127.0.0.1:25/", "*", "WEBHOOK_URL_INVALID")]
    [InlineData("http://169.254.169.254/latest", "*", "WEBHOOK_ADDRESS_REFUSED")]
    [InlineData("http://127.0.0.1:4999/", "", "WEBHOOK_TYPES_INVALID")]
    [InlineData("http://127.0.0.1:4999/", "book*", "WEBHOOK_TYPES_INVALID")]
    [InlineData("http://127.0.0.1:4999/", "a.*.b", "WEBHOOK_TYPES_INVALID")]
    [InlineData("http://127.0.0.1:4999/", "a b", "WEBHOOK_TYPES_INVALID")]
    [InlineData("http://127.0.0.1:4999/", "antrean.TASK_SNT", "WEBHOOK_TYPE_UNKNOWN")]
    [InlineData("http://127.0.0.1:4999/", "zzz.*", "WEBHOOK_TYPE_UNKNOWN")]
    [InlineData("http://127.0.0.1:4999/", "realtime.*", "WEBHOOK_TYPE_UNKNOWN")]
    public async Task What_cannot_be_entered_is_refused_and_says_why(string url, string type, string code)
    {
        using var answer = await Admin.PostAsJsonAsync(Path, new { url, event_types = new[] { type } });
        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.StatusCode, (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["code"]!));
    }

    [Fact]
    public async Task An_address_that_is_too_long_as_it_is_sent_is_refused_and_nothing_stays_of_it()
    {
        const string Left = "select (select count(*) from delivery.channels where name like 'hook:%') + (select count(*) from platform.breakers where name like 'hook:%') - 2 * (select count(*) from platform.webhook_endpoints)";
        var before = await hospital.One<long>(Left);
        using (var refused = await Admin.PostAsJsonAsync(Path, new { url = $"http://127.0.0.1:4999/{new string('é', 900)}", event_types = new[] { "*" } }))
            Assert.Equal((HttpStatusCode.BadRequest, "WEBHOOK_URL_INVALID"), (refused.StatusCode, (string)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["code"]!));

        await hospital.Execute("alter table platform.webhook_endpoints add constraint none_more check (description <> 'none more')");
        using (var broken = await Admin.PostAsJsonAsync(Path, new { url = "http://127.0.0.1:4999/", description = "none more", event_types = new[] { "*" } }))
            Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        await hospital.Execute("alter table platform.webhook_endpoints drop constraint none_more");

        Assert.Equal(before, await hospital.One<long>(Left));
    }
}
