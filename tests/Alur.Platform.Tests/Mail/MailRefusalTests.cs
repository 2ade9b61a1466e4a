using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Mail;

namespace Alur.Platform.Tests.Mail;

/// <summary>What is not taken, and whom it concerns: one mail, one person or everybody.</summary>
public sealed class MailRefusalTests
{
    private static readonly Guid Message = Guid.Parse("0199d1c2-0000-7000-8000-000000000001");

    [Fact]
    public async Task A_refused_recipient_is_told_without_repeating_the_address_and_holds_nobody_not_even_the_next_mail_to_it()
    {
        using var server = new SmtpListener(recipient: "550 no such user {0}");
        await using var desk = await MailDesk.Open(server.Port);
        await desk.Enqueue(new OutgoingMail(await desk.Person("siti@rs.example"), "a", "b", Message), new OutgoingMail(await desk.Person("budi@rs.example"), "a", "b", Message));

        Assert.Equal(2, (await desk.Deliver()).Dropped);

        Assert.Equal(2, await desk.One<long>("select count(*) from delivery.jobs where state = 'CANCELLED' and attempts = 1 and last_error = 'The mail server refused the recipient (SMTP 550).'"));
        Assert.Equal(2, await desk.One<long>("select count(*) from delivery.lanes where state = 'IDLE'"));
        Assert.Equal(2, await desk.One<long>("select count(*) from delivery.attempts where outcome = 'REJECTED' and counted"));
        Assert.Equal(2, await desk.One<long>("select count(*) from delivery.attempts a where message like '%no such user RCPT TO:<[address]>%' and to_jsonb(a)::text not like '%@rs.example%'"));
    }

    [Fact]
    public async Task A_mailbox_that_is_full_is_tried_again_and_given_up_at_last_without_holding_anything()
    {
        using var server = new SmtpListener(recipient: "552 mailbox full") { Only = "siti" };
        await using var desk = await MailDesk.Open(server.Port);
        await desk.Enqueue(new OutgoingMail(await desk.Person("siti@rs.example"), "a", "b", Message), new OutgoingMail(await desk.Person("budi@rs.example"), "a", "b", Message));
        await desk.Deliver();
        Assert.Equal(1, await desk.One<long>("select count(*) from delivery.jobs where state = 'PENDING' and attempts = 1 and last_error = 'The mail server does not take mail for the recipient now (SMTP 552).'"));
        Assert.Equal(1, await desk.One<long>("select count(*) from delivery.jobs where state = 'SENT'"));
        Assert.Equal(0, await desk.One<int>("select consecutive_failures from platform.breakers where name = 'mail'"));

        await desk.Execute("update delivery.jobs set max_attempts = 2");
        await desk.MakeDue();
        await desk.Deliver();
        Assert.Equal(1, await desk.One<long>("select count(*) from delivery.jobs where state = 'CANCELLED' and last_error like '%(SMTP 552).'"));
        Assert.Equal(0, await desk.One<long>("select count(*) from delivery.lanes where state <> 'IDLE'"));
    }

    [Theory]
    [InlineData("220 test", "535 wrong password", "354 go on", "250 taken", 535)]
    [InlineData("220 test", "530 sign in first", "354 go on", "250 taken", 530)]
    [InlineData("220 test", "554 go away", "354 go on", "250 taken", 554)]
    [InlineData("220 test", "454 later", "354 go on", "250 taken", 454)]
    [InlineData("554 nobody today", "250 ok", "354 go on", "250 taken", 554)]
    [InlineData("220 test", "250 ok", "554 no data today", "250 taken", 554)]
    [InlineData("220 test", "250 ok", "354 go on", "452 no room on my disk", 452)]
    public async Task What_the_server_refuses_of_everybody_waits_until_it_is_mended(string greeting, string sender, string data, string taken, int code)
    {
        using var server = new SmtpListener { Greeting = greeting, Sender = sender, Data = data, Taken = taken };
        await using var desk = await MailDesk.Open(server.Port);
        await desk.Enqueue(new OutgoingMail(await desk.Person("siti@rs.example"), "a", "b", Message));
        await desk.Deliver();
        Assert.Equal($"PENDING The mail server did not accept the message (SMTP {code}).", await desk.Job());
        Assert.Equal(1, await desk.One<int>("select consecutive_failures from platform.breakers where name = 'mail'"));

        (server.Greeting, server.Sender, server.Data, server.Taken) = ("220 test", "250 ok", "354 go on", "250 taken");
        await desk.MakeDue();
        Assert.Equal(1, (await desk.Deliver()).Delivered);
    }

    [Fact]
    public async Task A_mail_that_the_server_refuses_once_it_has_read_it_is_tried_as_often_as_any_and_holds_nobody_in_the_end()
    {
        using var server = new SmtpListener { Poison = "poison" };
        await using var desk = await MailDesk.Open(server.Port);
        var siti = await desk.Person("siti@rs.example");
        await desk.Enqueue(
            new OutgoingMail(siti, "poison", "b", Message), new OutgoingMail(siti, "after it", "b", Guid.CreateVersion7()), new OutgoingMail(await desk.Person("budi@rs.example"), "a", "b", Guid.CreateVersion7()));
        for (var i = 0; i < 19; i++)
        {
            await desk.Deliver();
            await desk.MakeDue();
        }

        Assert.Equal("19 The mail server refused what is in the mail (SMTP 554).", await desk.One<string>("select attempts || ' ' || last_error from delivery.jobs where state = 'PENDING' and last_error <> ''"));
        Assert.Equal("CLOSED 0", await desk.One<string>("select state || ' ' || consecutive_failures from platform.breakers where name = 'mail'"));
        Assert.Equal(1, await desk.One<long>("select count(*) from delivery.jobs where state = 'SENT'")); // Budi's

        await desk.Deliver();

        Assert.Equal(1, await desk.One<long>("select count(*) from delivery.jobs where state = 'CANCELLED' and attempts = 20 and last_error = 'The mail server refused what is in the mail (SMTP 554).'"));
        Assert.Equal(2, await desk.One<long>("select count(*) from delivery.jobs where state = 'SENT'"));
        Assert.Equal(0, await desk.One<long>("select count(*) from delivery.lanes where state <> 'IDLE'"));
    }

    [Theory]
    [InlineData("ini isi")]
    [InlineData("ini isi — dengan huruf lain")]
    public async Task A_text_in_whatever_letters_is_refused_for_itself(string body)
    {
        using var server = new SmtpListener { Taken = "552 too large" };
        await using var desk = await MailDesk.Open(server.Port);
        await desk.Enqueue(new OutgoingMail(await desk.Person("siti@rs.example"), "a", body, Message));
        await desk.Deliver();
        Assert.Equal("PENDING The mail server refused what is in the mail (SMTP 552).", await desk.Job());
        Assert.Equal(0, await desk.One<int>("select consecutive_failures from platform.breakers where name = 'mail'"));
    }

    [Fact]
    public async Task A_node_without_a_mail_server_leaves_the_mails_to_one_that_has_it()
    {
        using var server = new SmtpListener();
        await using var desk = await MailDesk.Open(server.Port);
        await desk.Enqueue(new OutgoingMail(await desk.Person("siti@rs.example"), "a", "b", Message));
        await desk.Deliver(lacking: true);
        Assert.Equal($"PENDING Mail:Smtp:Host is not set on the server {Environment.MachineName}. It goes out when a server with that setting takes its turn.", await desk.Job());
        Assert.Equal(0, await desk.One<int>("select attempts from delivery.jobs"));

        await desk.MakeDue();
        Assert.Equal(1, (await desk.Deliver()).Delivered);
    }

    [Theory]
    [InlineData("q..1@rs.id"), InlineData(".x@rs.id"), InlineData("x.@rs.id"), InlineData("x@-..id"), InlineData("x@-rs.id"), InlineData("x@rs-.id"), InlineData("x@rs..id")]
    public async Task An_address_that_no_mail_can_be_sent_to_concerns_its_own_mails_only_and_gets_no_account_any_more(string address)
    {
        using var server = new SmtpListener();
        await using var desk = await MailDesk.Open(server.Port);
        var siti = await desk.Person("siti@rs.example");
        await desk.Execute($"update identity.users set email = '{address}'");
        await desk.Enqueue(new OutgoingMail(siti, "a", "b", Message));

        Assert.Equal(1, (await desk.Deliver()).Dropped);

        Assert.Equal("CANCELLED The account's address is none that mail can be sent to, so nothing was sent.", await desk.Job());
        Assert.Equal((0, ""), (await desk.One<int>("select consecutive_failures from platform.breakers where name = 'mail'"), server.Received));
        var made = await new AddUser(desk.Database.App, [], new IdentityOptions()).Run(new NewUser(address, "Budi"), AuditOrigin.System, CancellationToken.None);
        Assert.Equal("EMAIL_INVALID", made.Error!.Code);
    }
}
