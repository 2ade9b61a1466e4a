using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;

namespace Alur.Browser.Tests;

/// <summary>What goes to BPJS and what does not, as the people see it who answer for the connection.</summary>
public sealed class DeliveriesTests(Browser browser, DeliveriesTests.Failing fixture) : IClassFixture<DeliveriesTests.Failing>
{
    private const string Address = "/antrean/deliveries";
    private static readonly string[] Steers = ["front-office", "integration"];

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task Failures_stand_together_by_cause_and_lead_to_their_rows_and_to_every_try()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"], language: "en");
        await window.Go(Address);

        await window.Follow(() => window.Page.Locator("#failures a", new() { HasText = "Dokter libur" }).ClickAsync());
        await Assertions.Expect(window.Page.Locator("#list tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(window.Page.Locator("#list .state")).ToHaveTextAsync("failed");
        await window.Follow(() => window.Page.Locator("#list a", new() { HasText = "5 of 5" }).ClickAsync());

        await Assertions.Expect(window.Page.Locator("#list tbody tr")).ToHaveCountAsync(5);
        await Assertions.Expect(window.Page.Locator("#list")).ToContainTextAsync("201: Dokter libur");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Who_may_only_look_sees_everything_and_no_button()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);

        await window.Go(Address + "?view=parked");

        await Assertions.Expect(window.Page.Locator("#list tbody tr")).Not.ToHaveCountAsync(0);
        await Assertions.Expect(window.Page.Locator("main form[method=post]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task All_failures_of_one_cause_are_sent_again_and_the_others_are_not()
    {
        await fixture.Fail("2026/01/20/000021", "Kuota penuh", "kuota-penuh");
        await fixture.Fail("2026/01/20/000022", "Kuota penuh", "kuota-penuh");
        await using var window = await browser.OpenAs(_app, Policies.Client, Steers);
        window.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await window.Go(Address);

        var kind = window.Page.Locator("#failures tr", new() { HasText = "Kuota penuh" });
        await window.Follow(() => kind.GetByRole(AriaRole.Button).ClickAsync());

        await Assertions.Expect(window.Page.Locator(".alert-success")).ToContainTextAsync("2 pengiriman masuk antrean lagi");
        await Assertions.Expect(kind).ToHaveCountAsync(0);
        await Assertions.Expect(window.Page.Locator("#failures")).ToContainTextAsync("Dokter libur");
    }

    [Fact]
    public async Task One_stopped_visit_is_sent_again_and_is_stopped_no_longer()
    {
        await fixture.Fail("2026/01/20/000031", "Jam tutup", "jam-tutup");
        await using var window = await browser.OpenAs(_app, Policies.Client, Steers);
        await window.Go(Address + "?view=parked&visit_id=2026/01/20/000031");

        await window.Follow(() => window.Page.Locator("#list tbody").GetByRole(AriaRole.Button).ClickAsync());

        await Assertions.Expect(window.Page.Locator(".alert-success")).ToContainTextAsync("1 pengiriman masuk antrean lagi");
        await Assertions.Expect(window.Page.Locator("#list")).ToHaveCountAsync(0);
        await window.Go(Address + "?visit_id=2026/01/20/000031");
        await Assertions.Expect(window.Page.Locator("#list .state")).ToHaveTextAsync("menunggu kirim");
    }

    [Fact]
    public async Task A_question_that_is_not_confirmed_changes_nothing()
    {
        await fixture.Fail("2026/01/20/000041", "Ditanya dulu", "ditanya-dulu");
        await using var window = await browser.OpenAs(_app, Policies.Client, Steers);
        var asked = new TaskCompletionSource<string>();
        window.Page.Dialog += (_, dialog) =>
        {
            asked.TrySetResult(dialog.Message);
            _ = dialog.DismissAsync();
        };
        await window.Go(Address);

        await window.Page.Locator("#failures tr", new() { HasText = "Ditanya dulu" }).GetByRole(AriaRole.Button).ClickAsync();

        Assert.Equal("Kirim ulang 1 pengiriman ini?", await asked.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        await window.Go(Address);
        await Assertions.Expect(window.Page.Locator("#failures")).ToContainTextAsync("Ditanya dulu");
    }

    [Fact]
    public async Task The_gate_is_closed_with_a_reason_that_everybody_reads_with_a_name_and_opened_again()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, Steers);
        window.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await window.Go(Address);

        await window.Page.ClickAsync(".hold summary");
        await window.Page.FillAsync("#reason", "BPJS sedang diperbaiki");
        await window.Page.SelectOptionAsync("#minutes", "");
        await window.Follow(() => window.Page.Locator("#pause button").ClickAsync());

        await Assertions.Expect(window.Page.Locator(".alert-success")).ToContainTextAsync("Pengiriman dihentikan");
        await Assertions.Expect(window.Page.Locator("#deliveries .alert-warning")).ToContainTextAsync("BPJS sedang diperbaiki (Siti)");
        await Assertions.Expect(window.Page.Locator(".channel")).ToContainTextAsync("Pengiriman dihentikan");
        await Assertions.Expect(window.Page.Locator(".hold")).ToHaveCountAsync(0);

        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Lanjutkan pengiriman" }).ClickAsync());
        await Assertions.Expect(window.Page.Locator(".alert-success")).ToContainTextAsync("Pengiriman berjalan lagi");
    }

    [Fact]
    public async Task What_we_put_in_the_place_of_an_answer_is_said_in_the_readers_language_and_once()
    {
        await fixture.Fail("2026/01/20/000051", "no answer within 2 s", "no answer within # s");
        await fixture.Execute("update delivery.attempts set code = null where message = 'no answer within 2 s'");
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);

        await window.Go(Address + "?view=attempts&visit_id=2026/01/20/000051");

        await Assertions.Expect(window.Page.Locator("#list tbody tr").Last).ToContainTextAsync("tidak ada jawaban dalam 2 detik");
        var said = await window.Page.Locator("main").InnerTextAsync();
        Assert.DoesNotContain("no answer", said, StringComparison.Ordinal);
        Assert.DoesNotContain("(tidak ada jawaban)", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pause_without_a_reason_is_refused()
    {
        using var steering = await _app.AsReader(Policies.Client, Steers);
        using var form = new FormUrlEncodedContent([new("to", Address), new("site", "default"), new("reason", " ")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, Address + "/pause") { Content = form, Headers = { { "Sec-Fetch-Site", "same-origin" } } };

        using var answer = await steering.SendAsync(request);

        Assert.Equal(System.Net.HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("alur_notice=", StringComparison.Ordinal));
        var site = await steering.GetStringAsync(Address);
        Assert.DoesNotContain("alert-success", site, StringComparison.Ordinal);
    }

    /// <summary>A server with failed deliveries that no worker of its own touches.</summary>
    public sealed class Failing : IAsyncLifetime
    {
        private AlurApp? _app;
        private Hospital? _hospital;

        public AlurApp App => _app!;

        public async ValueTask InitializeAsync()
        {
            _app = await PagesApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Antrean:Sites:default:Bpjs:BaseUrl"] = "http://127.0.0.1:1/antreanrs", // nobody calls: there are no workers
                ["Antrean:Sites:default:Bpjs:ConsId"] = "10000",
                ["Antrean:Sites:default:Bpjs:SecretKey"] = "a-secret",
                ["Antrean:Sites:default:Bpjs:UserKey"] = "a-user-key",
            });
            _hospital = await new Hospital(_app).Open();
            await Fail("2026/01/20/000011", "Dokter libur", "dokter-libur");
        }

        public Task Execute(string sql) => _app!.Database.Execute(sql);

        public async Task Fail(string visit, string error, string fingerprint)
        {
            await _hospital!.Visit(visit);
            await _hospital.FailedInQueue(visit, "1", error, fingerprint);
        }

        public async ValueTask DisposeAsync()
        {
            if (_app is not null)
            {
                await _app.DisposeAsync();
            }
        }
    }
}
