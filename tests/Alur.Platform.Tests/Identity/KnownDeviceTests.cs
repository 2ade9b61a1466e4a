using System.Net;
using System.Net.Http.Json;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Tests.Audit;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Identity;

/// <summary>Wrong tries of strangers do not keep the holder out of the browser they use.</summary>
public sealed class KnownDeviceTests(AppFixture fixture, AccountDesk desk) : IClassFixture<AppFixture>, IClassFixture<AccountDesk>
{
    private const string CountSql = "select count(*) from identity.known_devices d join identity.users u on u.id = d.user_id where u.email = @email";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task An_admin_whom_strangers_lock_out_signs_in_where_they_have_signed_in_before()
    {
        var email = await _app.NewUser(Policies.Admin);
        using var browser = _app.AsStranger(); // keeps its cookies
        using var entered = await LogIn(browser, email, AlurApp.Password);
        Assert.Matches(
            "^alur_device=[A-Za-z0-9_-]{43}; max-age=15552000; path=/; samesite=strict; httponly$", Assert.Single(entered.Headers.GetValues("Set-Cookie"), c => c.StartsWith("alur_device", StringComparison.Ordinal)));
        (await browser.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();

        using var stranger = _app.AsStranger();
        for (var n = 0; n < 5; n++) await Refusal.Of(LogIn(stranger, email, "wrong"), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");

        await Refusal.Of(LogIn(stranger, email, AlurApp.Password), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
        Assert.Equal(HttpStatusCode.OK, (await LogIn(browser, email, AlurApp.Password)).StatusCode);
        await Refusal.Of(LogIn(_app.AsStranger(), email, AlurApp.Password), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED"); // it opened nothing to them
    }

    [Fact]
    public async Task The_tries_of_a_device_lock_the_device_alone_and_the_audit_says_so()
    {
        var email = await _app.NewUser(Policies.Client);
        using var browser = _app.AsStranger();
        await LogIn(browser, email, AlurApp.Password);
        for (var n = 0; n < 5; n++) await Refusal.Of(LogIn(browser, email, "wrong"), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");

        await Refusal.Of(LogIn(browser, email, AlurApp.Password), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
        using var elsewhere = _app.AsStranger();
        Assert.Equal(HttpStatusCode.OK, (await LogIn(elsewhere, email, AlurApp.Password)).StatusCode);
        await Refusal.Of(LogIn(browser, email, AlurApp.Password), HttpStatusCode.Unauthorized, "SIGN_IN_REFUSED");
        var id = (await _app.Database.Column($"select id from identity.users where email = '{email}'")).Single();
        Assert.Single(await _app.AdminWalk($"/api/admin/audit?resource=sign_ins&resource_id={id}"), e => e["new_values"]!["device_locked_until"] is not null);

        (await _app.AsAdmin().PostAsJsonAsync($"/api/admin/users/{email}/reset", new { })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, (await LogIn(browser, email, AlurApp.Password)).StatusCode);
    }

    [Fact]
    public async Task Wrong_tries_of_a_device_at_the_same_moment_do_not_get_past_the_limit()
    {
        var email = await desk.Somebody();
        var device = (await Enter(email)).Device;

        var looked = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(() => Try(email, $"guess {n}", device))));

        Assert.All(looked, code => Assert.Equal("SIGN_IN_REFUSED", code));
        Assert.Equal("SIGN_IN_REFUSED", await Try(email, AccountDesk.Password, device));
        Assert.Equal(5, await desk.Ask<int>("select d.tries from identity.known_devices d join identity.users u on u.id = d.user_id where u.email = @email", ("email", email)));
        Assert.Null(await Try(email, AccountDesk.Password, device: null));
    }

    [Fact]
    public async Task A_device_of_somebody_else_or_a_name_that_was_made_up_is_a_stranger()
    {
        var (email, other) = (await desk.Somebody(), await desk.Somebody());
        var theirs = (await Enter(other)).Device!;
        foreach (var device in new[] { theirs, "made-up", theirs, "made-up", null }) Assert.Equal("SIGN_IN_REFUSED", await Try(email, "wrong", device));
        foreach (var device in new[] { theirs, "made-up", null }) Assert.Equal("SIGN_IN_REFUSED", await Try(email, AccountDesk.Password, device));

        await desk.Reset.Run(email, withSecondFactor: false, AuditOrigin.System, default);
        Assert.NotEqual("made-up", (await Enter(email, "made-up")).Device);
        Assert.Equal(theirs, (await Enter(email, theirs)).Device); // one browser, two people
        Assert.Equal(theirs, (await Enter(other, theirs)).Device);
    }

    [Fact]
    public async Task An_account_knows_ten_devices_and_forgets_the_one_that_was_not_used_for_longest()
    {
        var email = await desk.Somebody();
        var devices = new List<string>();
        for (var n = 0; n < KnownDevices.Most; n++) devices.Add((await Enter(email)).Device!);
        await Enter(email, devices[0]);

        var another = (await Enter(email)).Device!;

        Assert.Equal(KnownDevices.Most, await desk.Ask<long>(CountSql, ("email", email)));
        var devicesKnown = new KnownDevices(desk.Database);
        Assert.True(await devicesKnown.Knows(email, Secrets.Hash(devices[0]), default));
        Assert.False(await devicesKnown.Knows(email, Secrets.Hash(devices[1]), default));
        Assert.True(await devicesKnown.Knows(email, Secrets.Hash(another), default));
    }

    [Fact]
    public async Task Whoever_chooses_a_new_password_makes_strangers_of_other_devices_and_a_link_of_all()
    {
        var email = await _app.NewUser(Policies.Client);
        using var here = _app.AsStranger();
        using var there = _app.AsStranger();
        await LogIn(here, email, AlurApp.Password);
        await LogIn(there, email, AlurApp.Password);
        async Task<string> Count() => (await _app.Database.Column(CountSql.Replace("@email", $"'{email}'", StringComparison.Ordinal))).Single();
        Assert.Equal("2", await Count());

        const string Next = "gerimis di kaca jendela";
        (await here.PostAsJsonAsync("/api/auth/password", new { current_password = AlurApp.Password, new_password = Next })).EnsureSuccessStatusCode();
        Assert.Equal("1", await Count());
        await LogIn(there, email, Next);
        Assert.Equal("2", await Count());

        var link = await _app.Services.GetRequiredService<ResetUser>().Run(email, withSecondFactor: false, AuditOrigin.System, default);
        using var form = new FormUrlEncodedContent([new("password", AlurApp.Password), new("again", AlurApp.Password)]);
        (await _app.AsStranger().PostAsync(link.Value.Path, form)).EnsureSuccessStatusCode();
        Assert.Equal("0", await Count());
    }

    [Fact]
    public async Task A_program_is_no_device_and_one_that_nobody_uses_is_forgotten()
    {
        var email = await _app.NewUser(Policies.Client);
        using var program = await _app.SignIn(email);
        Assert.Equal(["0"], await _app.Database.Column($"select count(*) from identity.known_devices d join identity.users u on u.id = d.user_id where u.email = '{email}'"));

        await LogIn(_app.AsStranger(), email, AlurApp.Password);
        await LogIn(_app.AsStranger(), email, AlurApp.Password);
        await _app.Database.Execute($"update identity.known_devices set last_at = now() - interval '181 days' where hash = (select hash from identity.known_devices d join identity.users u on u.id = d.user_id where u.email = '{email}' limit 1)");
        await ForgetSessions.RunOnce(_app.Services, default!, default);
        Assert.Equal(["1"], await _app.Database.Column($"select count(*) from identity.known_devices d join identity.users u on u.id = d.user_id where u.email = '{email}'"));
    }

    private static Task<HttpResponseMessage> LogIn(HttpClient client, string email, string password) => client.PostAsJsonAsync("/api/auth/login", new { email, password });

    private async Task<string?> Try(string email, string password, string? device) =>
        (await desk.SignIn.Run(new Credentials(email, password, Code: null, device), SessionKind.Cookie, AuditOrigin.System, default)).Error?.Code;

    private async Task<NewSession> Enter(string email, string? device = null) =>
        (await desk.SignIn.Run(new Credentials(email, AccountDesk.Password, Code: null, device), SessionKind.Cookie, AuditOrigin.System, default)).Value;
}
