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
        Assert.Equal(["FAILED The mail server refused (SMTP 550)."], await desk.Column("select state || ' ' || last_error from delivery.jobs"));
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
