using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Alur.Browser.Tests;

/// <summary>What people do with their own account, without an admin and without a terminal.</summary>
public sealed class OwnAccountTests(Browser browser, PagesFixture fixture) : IClassFixture<PagesFixture>
{
    private const string NewPassword = "payung hujan deras malam";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task Whoever_is_signed_in_finds_their_account_behind_their_name_and_changes_their_password()
    {
        var email = await _app.NewUser(Policies.Client, "front-office");
        await using var window = await Open(email);
        await window.Follow(() => window.Page.GetByRole(AriaRole.Link, new() { Name = "Akun saya, Siti" }).ClickAsync());
        Assert.Empty(await window.Barriers());

        await Change(window, "not the password");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("bukan kata sandi yang sekarang");
        await Change(window, AlurApp.Password);

        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Kata sandi diganti");
        await using var again = await browser.Open(_app);
        await again.SignIn(email, NewPassword, to: "/account");
        await Expect(again.Page.Locator("h1")).ToHaveTextAsync("Akun saya");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_session_elsewhere_is_seen_and_ended()
    {
        var email = await _app.NewUser(Policies.Client, "front-office");
        await using var elsewhere = await Open(email);
        await using var forgotten = await Open(email);
        await using var window = await Open(email);
        await window.Go("/account");
        window.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await Expect(window.Page.Locator("#sessions tbody tr")).ToHaveCountAsync(3);

        await window.Follow(() => window.Page.Locator("#sessions").GetByRole(AriaRole.Button, new() { Name = "Akhiri" }).First.ClickAsync());
        await Expect(window.Page.Locator("#sessions tbody tr")).ToHaveCountAsync(2);
        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Akhiri semua yang lain" }).ClickAsync());

        await Expect(window.Page.Locator("#sessions tbody tr")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator("#sessions")).ToContainTextAsync("sesi ini");
        foreach (var ended in (Window[])[elsewhere, forgotten])
        {
            await ended.Go("/account");
            Assert.Contains("/sign-in", ended.Page.Url, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_phone_is_bound_with_the_password_and_its_code_is_asked_for_where_it_is_needed()
    {
        var email = await _app.NewUser(Policies.Client, "front-office");
        await using var window = await Open(email);
        await window.Go("/account");
        await window.Page.FillAsync("#factor_password", AlurApp.Password);
        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Mulai memakai kode" }).ClickAsync());
        Assert.Empty(await window.Barriers());

        var secret = await window.Page.Locator("#secret").InnerTextAsync();
        await window.Page.FillAsync("#code", CodeOf(secret, ahead: 0));
        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Pakai kode ini" }).ClickAsync());
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("meminta kode dari ponsel");
        Assert.DoesNotContain(secret, await window.Page.ContentAsync(), StringComparison.Ordinal);

        await using var next = await browser.Open(_app);
        await next.Go("/sign-in");
        await Expect(next.Page.Locator("#code")).ToBeHiddenAsync();
        await next.SignIn(email);
        await Expect(next.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("kode dari ponsel");
        await Expect(next.Page.Locator("#code")).ToBeVisibleAsync();
        await next.Page.FillAsync("#password", AlurApp.Password);
        await next.Page.FillAsync("#code", CodeOf(secret, ahead: 1)); // the one before was used
        await next.Follow(() => next.Page.ClickAsync("main form button"));
        await next.Go("/account");
        await Expect(next.Page.Locator("main")).ToContainTextAsync("diminta");
    }

    private static async Task Change(Window window, string current)
    {
        await window.Page.FillAsync("#current", current);
        await window.Page.FillAsync("#password", NewPassword);
        await window.Page.FillAsync("#again", NewPassword);
        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Ganti kata sandi" }).ClickAsync());
    }

    private async Task<Window> Open(string email)
    {
        var window = await browser.Open(_app);
        await window.SignIn(email, to: "/antrean/report");
        return window;
    }

    // What a phone does with the key (RFC 6238).
    private static string CodeOf(string base32, int ahead)
    {
        var bits = string.Concat(base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(n => Convert.ToByte(bits.Substring(n * 8, 8), 2)).ToArray();
        var step = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30) + ahead);
#pragma warning disable CA5350 // as phones do
        var hash = HMACSHA1.HashData(key, step);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
