using Alur.Platform.Tests.Mail;
using static Alur.Platform.Tests.Alerts.AlertDesk;

namespace Alur.Platform.Tests.Alerts;

public sealed class SmtpChannelTests
{
    [Fact]
    public async Task The_mail_says_where_what_and_since_when()
    {
        using var server = new SmtpListener();
        await using var desk = await Open(Options(server.Port));
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        Assert.Equal(1, (await desk.Deliver()).Delivered);

        var mail = server.Received;
        Assert.Contains("MAIL FROM:<alur@rs.example>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("RCPT TO:<it@rs.example>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("RCPT TO:<night@rs.example>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"Subject: Alur at {Environment.MachineName}: x is broken", mail, StringComparison.Ordinal);
        Assert.Contains("Since 20", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_recipient_is_refused_for_good()
    {
        using var server = new SmtpListener(recipient: "550 no such user");
        await using var desk = await Open(Options(server.Port));
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        await desk.Deliver();
        Assert.Equal(["FAILED The mail server refused the recipient (SMTP 550)."], await desk.Column("select state || ' ' || last_error from delivery.jobs"));
    }

    [Fact]
    public async Task What_waits_outlives_settings_that_are_gone_or_wrong_and_goes_out_when_they_are_right()
    {
        using var server = new SmtpListener();
        var options = Options(server.Port);
        options.Webhook.Url = "http://127.0.0.1:1/";
        await using var desk = await Open(options);
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        (options.Smtp.Host, options.Webhook.Url) = (null, null);
        await desk.Deliver();
        string[] expected = [$"PENDING 0 Alerts:Smtp:Host is not set on the server {Environment.MachineName}.", $"PENDING 0 Alerts:Webhook:Url is not set on the server {Environment.MachineName}."];
        Assert.Equal(expected, await desk.Column("select state || ' ' || attempts || ' ' || split_part(last_error, '. ', 1) || '.' from delivery.jobs order by channel"));

        (options.Smtp.Host, options.Smtp.To) = ("127.0.0.1", "nobody");
        const string Due = "with due as (update delivery.lanes set due_at = now() where channel = 'smtp:alerts' returning 1) select count(*) from due";
        await desk.Column(Due);
        await desk.Deliver();
        Assert.StartsWith("PENDING 0 Alerts:Smtp:From or Alerts:Smtp:To is not an e-mail address", (await desk.Column("select state || ' ' || attempts || ' ' || last_error from delivery.jobs where channel = 'smtp:alerts'")).Single(), StringComparison.Ordinal);

        options.Smtp.To = "it@rs.example";
        await desk.Column(Due);
        Assert.Equal(1, (await desk.Deliver()).Delivered);
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again()
    {
        await using var desk = await Open(Options(port: 1));
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        await desk.Deliver();
        Assert.Equal(["PENDING 1"], await desk.Column("select state || ' ' || attempts from delivery.jobs"));
    }

    [Fact]
    public async Task Without_STARTTLS_nothing_is_told_where_it_is_required()
    {
        using var server = new SmtpListener();
        var options = Options(server.Port);
        options.Smtp.Tls = true;
        await using var desk = await Open(options);
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        await desk.Deliver();
        Assert.DoesNotContain("MAIL FROM", server.Received, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["PENDING"], await desk.Column("select state from delivery.jobs"));
    }

    private static Platform.Alerts.AlertsOptions Options(int port) => new()
    {
        Language = "en",
        Smtp = { Host = "127.0.0.1", Port = port, Tls = false, From = "alur@rs.example", To = "it@rs.example, night@rs.example" },
    };
}
