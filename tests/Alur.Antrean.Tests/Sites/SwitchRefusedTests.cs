using System.Net;
using System.Net.Http.Json;
using Alur.Platform.Identity;
using Alur.Testing;

namespace Alur.Antrean.Tests.Sites;

/// <summary>What keeps a hospital from being switched, and that nothing is changed then.</summary>
public sealed class SwitchRefusedTests
{
    private const string Address = "/api/antrean/sites/default/mode";
    private const string Start = "2026-01-01T00:00:00+07:00";

    [Theory]
    [InlineData("Profile", "Antrean:Sites:default:Profile")]
    [InlineData("Bpjs:UserKey", "Antrean:Sites:default:Bpjs:UserKey")]
    public async Task What_a_start_asks_for_before_it_sends_is_asked_for_here_too(string key, string named)
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe", [key] = null });
        await using var app = await hospital.Serve();

        var refused = await Refusal.Of(Try(app, new { mode = "send" }), HttpStatusCode.Conflict, "SEND_NOT_READY", "mode");

        Assert.Contains(named, (string?)refused["detail"], StringComparison.Ordinal);
        Assert.Equal(("observe", null), ((await hospital.Mode()).Mode, (await hospital.Mode()).Switched));
    }

    [Fact]
    public async Task Starts_that_cannot_be_and_words_that_are_none_are_refused()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe" });
        await using var app = await hospital.Serve();

        await Refusal.Of(Try(app, new { mode = "send", send_from = "2025-12-31T23:59:00+07:00" }), HttpStatusCode.UnprocessableEntity, "SEND_FROM_OUT_OF_RANGE", "send_from"); // before the configured one
        await Refusal.Of(Try(app, new { mode = "send", send_from = "2062-01-20T08:00" }), HttpStatusCode.UnprocessableEntity, "SEND_FROM_OUT_OF_RANGE", "send_from");
        await Refusal.Of(Try(app, new { mode = "send", send_from = "soon" }), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "send_from");
        await Refusal.Of(Try(app, new { mode = "observe", send_from = Start }), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "send_from");
        await Refusal.Of(Try(app, new { mode = "shout" }), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "mode");
        await Refusal.Of(Try(app, new { }), HttpStatusCode.BadRequest, "VALIDATION_FAILED", "mode");
        await Refusal.Of(app.AsApiCaller().PostAsJsonAsync("/api/antrean/sites/nowhere/mode", new { mode = "send" }), HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");
    }

    [Fact]
    public async Task Who_may_only_look_may_not_switch()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();
        using var desk = await app.AsUser(Policies.Client, "front-office");

        await Refusal.Of(desk.PostAsJsonAsync(Address, new { mode = "observe" }), HttpStatusCode.Forbidden, "NOT_ALLOWED");

        Assert.Equal("send", (await hospital.Mode()).Mode);
    }

    private static Task<HttpResponseMessage> Try(AlurApp app, object body) => app.AsApiCaller().PostAsJsonAsync(Address, body);
}
