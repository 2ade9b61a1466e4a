using System.Text;
using System.Text.RegularExpressions;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Mail;

namespace Alur.Platform.Tests.Mail;

public sealed partial class MailTests
{
    private static readonly Guid Message = Guid.Parse("0199d1c2-0000-7000-8000-000000000001");

    [Fact]
    public async Task A_mail_reaches_the_account_under_a_name_of_its_own_and_its_body_as_it_was_written()
    {
        using var server = new SmtpListener();
        await using var desk = await MailDesk.Open(server.Port);
        var siti = await desk.Person("siti@rs.example");

        Assert.Equal(1, await desk.Enqueue(new OutgoingMail(siti, "Jadwal berubah", "Pukul 09.00 menjadi 10.00.\n.\nTerima kasih – Alur 🙏", Message)));
        Assert.Equal(1, (await desk.Deliver()).Delivered);

        Assert.Contains("MAIL FROM:<alur@rs.example>", server.Received, StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<siti@rs.example>", server.Received, StringComparison.Ordinal);
        Assert.Contains($"Message-ID: <{Message}@rs.example>", server.Received, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Subject: Jadwal berubah", server.Received, StringComparison.Ordinal);
        Assert.Equal("Pukul 09.00 menjadi 10.00.\n.\nTerima kasih – Alur 🙏", Body(server.Received));
    }

    [Fact]
    public async Task The_address_is_the_one_that_the_account_has_when_the_mail_is_sent()
    {
        using var server = new SmtpListener();
        await using var desk = await MailDesk.Open(server.Port);
        var siti = await desk.Person("old@rs.example");
        await desk.Enqueue(new OutgoingMail(siti, "a", "b", Message));
        await desk.Execute("update identity.users set email = 'new@rs.example'");

        await desk.Deliver();

        Assert.Contains("RCPT TO:<new@rs.example>", server.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("old@rs.example", server.Received, StringComparison.Ordinal);
        Assert.Equal(0, await desk.One<long>("select count(*) from delivery.jobs j left join delivery.attempts a on a.job_id = j.id where to_jsonb(j)::text || to_jsonb(a)::text like '%@rs.example%'"));
    }

    [Theory]
    [InlineData(false, "CANCELLED The account is disabled, so nothing was sent.")]
    [InlineData(true, "CANCELLED The account was erased, so nothing was sent.")]
    public async Task Whose_account_was_shut_gets_nothing_more_and_the_job_says_why(bool erase, string expected)
    {
        using var server = new SmtpListener();
        await using var desk = await MailDesk.Open(server.Port);
        var siti = await desk.Person("siti@rs.example");
        await desk.Enqueue(new OutgoingMail(siti, "a", "b", Message));
        Assert.True((await new DisableUser(desk.Database.App).Run("siti@rs.example", AuditOrigin.System, CancellationToken.None)).Ok);
        if (erase) Assert.True((await new EraseUser(desk.Database.App, new IdentityOptions()).Run("siti@rs.example", AuditOrigin.System, CancellationToken.None)).Ok);

        Assert.Equal(1, (await desk.Deliver()).Dropped);

        Assert.Equal(expected, await desk.Job());
        Assert.Equal("", server.Received);
        Assert.Equal(0, await desk.One<long>("select count(*) from delivery.attempts"));
    }

    [Fact]
    public async Task An_account_that_is_opened_again_gets_what_comes_afterwards()
    {
        using var server = new SmtpListener();
        await using var desk = await MailDesk.Open(server.Port);
        var siti = await desk.Person("siti@rs.example");
        await desk.Enqueue(new OutgoingMail(siti, "first", "b", Message));
        await new DisableUser(desk.Database.App).Run("siti@rs.example", AuditOrigin.System, CancellationToken.None);
        await desk.Deliver();
        await new DisableUser(desk.Database.App).Undo("siti@rs.example", AuditOrigin.System, CancellationToken.None);
        await desk.Enqueue(new OutgoingMail(siti, "second", "b", Guid.CreateVersion7()));

        Assert.Equal(1, (await desk.Deliver()).Delivered);
        Assert.Contains("Subject: second", server.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("Subject: first", server.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subject_cannot_begin_another_header_and_letters_of_any_script_arrive()
    {
        using var server = new SmtpListener();
        await using var desk = await MailDesk.Open(server.Port);
        var siti = await desk.Person("siti@rs.example");
        await desk.Enqueue(new OutgoingMail(siti, "Selamat\r\nBcc: spy@evil.example\n\nпривет 你好", "b", Message));

        Assert.Equal(1, (await desk.Deliver()).Delivered);

        Assert.DoesNotContain(server.Received.Split('\n'), line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("spy", server.Received.Split('\n').Where(line => line.StartsWith("RCPT", StringComparison.Ordinal)).Aggregate(string.Concat), StringComparison.Ordinal);
        Assert.Equal("Selamat  Bcc: spy@evil.example  привет 你好", Subject(server.Received));
    }

    [Fact]
    public async Task While_the_server_is_away_mails_wait_and_go_out_in_order_when_it_is_back()
    {
        int port;
        using (var gone = new SmtpListener()) port = gone.Port;
        await using var desk = await MailDesk.Open(port);
        var siti = await desk.Person("siti@rs.example");
        await desk.Enqueue([.. Enumerable.Range(1, 3).Select(i => new OutgoingMail(siti, $"mail {i}", "b", Guid.CreateVersion7()))]);
        await desk.Deliver();
        Assert.Equal(3, await desk.One<long>("select count(*) from delivery.jobs where state = 'PENDING'"));

        using var server = new SmtpListener(port: port);
        await desk.MakeDue();
        Assert.Equal(3, (await desk.Deliver()).Delivered);
        Assert.Equal(["mail 1", "mail 2", "mail 3"], SubjectLine().Matches(server.Received).Select(m => m.Groups["text"].Value.TrimEnd()));
    }

    [Fact]
    public async Task Without_a_mail_server_nothing_is_queued_and_that_can_be_asked()
    {
        await using var desk = await MailDesk.Open(port: null);
        Assert.False(desk.Mails.MailIsConfigured);
        Assert.Equal(0, await desk.Enqueue(new OutgoingMail(await desk.Person("siti@rs.example"), "a", "b", Message)));
        Assert.Equal(0, await desk.One<long>("select count(*) from delivery.jobs"));
    }

    [Fact]
    public async Task The_mail_server_of_the_alerts_serves_where_there_is_no_other()
    {
        using var server = new SmtpListener();
        await using var desk = await MailDesk.Open(port: null, alertsPort: server.Port);
        Assert.True(desk.Mails.MailIsConfigured);
        await desk.Enqueue(new OutgoingMail(await desk.Person("siti@rs.example"), "a", "b", Message));
        Assert.Equal(1, (await desk.Deliver()).Delivered);
        Assert.Contains("MAIL FROM:<alerts@rs.example>", server.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "a@b.example", "Mail:Smtp:Port must be between 1 and 65535.")]
    [InlineData(25, null, "Mail:Smtp:From is missing beside Mail:Smtp:Host.")]
    [InlineData(25, "nobody", "Mail:Smtp:From is not an e-mail address.")]
    public void Mistakes_in_the_settings_name_their_key(int port, string? from, string expected)
    {
        var options = new MailOptions { Smtp = { Host = "mail", Port = port, From = from } };
        Assert.Equal([expected], options.Validate(new(options)).Select(mistake => mistake.ErrorMessage));
    }

    // What stands between the empty line and the lone dot, as its header says that it is encoded.
    private static string Body(string received)
    {
        var text = received.ReplaceLineEndings("\n");
        var body = text[(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        body = body[..body.IndexOf("\n.\n", StringComparison.Ordinal)];
        Assert.Contains("Content-Transfer-Encoding: base64", text, StringComparison.OrdinalIgnoreCase);
        return Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\n", "", StringComparison.Ordinal))).ReplaceLineEndings("\n");
    }

    private static string Subject(string received)
    {
        var text = Folded().Replace(received.ReplaceLineEndings("\n"), " ");
        var line = SubjectLine().Match(text).Groups["text"].Value;
        return string.Concat(Word().Matches(line).Select(word => Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups["base64"].Value))));
    }

    [GeneratedRegex("^Subject: (?<text>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SubjectLine();

    [GeneratedRegex(@"=\?utf-8\?B\?(?<base64>[^?]*)\?=", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\n[ \t]+", RegexOptions.None, 1000)]
    private static partial Regex Folded();
}
