using Alur.Antrean.Bpjs;
using Alur.Simulators.Bpjs;

namespace Alur.Antrean.Tests.Bpjs;

/// <summary>The client against the stand-in, over real HTTP.</summary>
public sealed class BpjsClientTests
{
    private const string Code = "2026/11/20/000001";
    private static readonly CancellationToken s_ct = CancellationToken.None;

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/x-www-form-urlencoded")]
    [Trait("Spec", "A-033")]
    public async Task A_booking_and_its_tasks_are_accepted_under_either_content_type(string contentType)
    {
        await using var bpjs = await BpjsStandIn.Start(configure: o => o.ContentType = contentType);

        var added = await bpjs.Client.Add(BpjsStandIn.Booking(Code), s_ct);
        var told = await bpjs.Client.UpdateWaktu(Code, 3, BpjsStandIn.At(8, 0), s_ct);

        Assert.Equal(("200", "Ok", ReplyKind.Envelope), (added.Code, added.Message, added.Kind));
        Assert.Equal("200", told.Code);
        Assert.Equal(Code, Assert.Single(bpjs.Simulator.Ledger.Bookings).Kodebooking);
        var task = Assert.Single(bpjs.Simulator.Ledger.Tasks);
        Assert.Equal((3, BpjsStandIn.At(8, 0).ToUnixTimeMilliseconds()), (task.Taskid, task.Waktu));
    }

    [Fact]
    public async Task A_booking_is_cancelled_with_its_reason()
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Register(Code);

        var reply = await bpjs.Client.Batal(Code, "Pasien batal", s_ct);

        Assert.Equal("200", reply.Code);
        Assert.Equal("Pasien batal", Assert.Single(bpjs.Simulator.Ledger.Cancelled).Keterangan);
    }

    [Fact]
    public async Task The_encrypted_list_of_tasks_is_read_with_the_claimed_moments()
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Register(Code);
        await bpjs.Tell(Code, 3, BpjsStandIn.At(8, 0));
        await bpjs.Tell(Code, 4, BpjsStandIn.At(8, 30, 15));

        var reply = await bpjs.Client.GetListTask(Code, s_ct);

        Assert.Equal([new ListedTask(3, BpjsStandIn.At(8, 0)), new ListedTask(4, BpjsStandIn.At(8, 30, 15))], BpjsLists.Tasks(reply.Response));
    }

    [Fact]
    public async Task The_bookings_of_a_day_are_read_whoever_made_them()
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Register(Code);
        await bpjs.Register("20261121000001", b => b["tanggalperiksa"] = "2026-11-21");

        var today = await bpjs.Client.PendaftaranTanggal(BpjsStandIn.Today, s_ct);
        var never = await bpjs.Client.PendaftaranTanggal(new DateOnly(2026, 12, 24), s_ct);

        var booking = Assert.Single(BpjsLists.Bookings(today.Response));
        Assert.Equal((Code, "2026-11-20", "Belum dilayani"), (booking.Kodebooking, booking.Tanggal, booking.Status));
        Assert.Equal(AnswerMeaning.EmptyList, BpjsAnswers.Classify(BpjsCall.List, never));
        Assert.Empty(BpjsLists.Bookings(never.Response));
    }

    [Theory]
    [InlineData("ref/poli", "kdsubspesialis", "INT")]
    [InlineData("ref/dokter", "kodedokter", "900001")]
    [InlineData("jadwaldokter/kodepoli/INT/tanggal/2026-11-20", "jadwal", "08:00-16:00")]
    [InlineData("antrean/pendaftaran/kodebooking/2026%2F11%2F20%2F000001", "kodebooking", Code)]
    public async Task A_reference_list_is_decrypted(string path, string field, string first)
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Register(Code);

        var reply = await bpjs.Client.Get(path, s_ct);

        Assert.Equal(AnswerMeaning.Accepted, BpjsAnswers.Classify(BpjsAnswers.CallOf(path), reply));
        Assert.Equal(first, reply.Response!.Value[0].GetProperty(field).ToString());
    }

    public static TheoryData<string> Mistakes => ["secret", "user key", "consumer", "clock"];

    [Theory, MemberData(nameof(Mistakes))]
    [Trait("Failure", "5.13")]
    public async Task Wrong_credentials_or_a_wrong_clock_are_told_from_everything_else(string mistake)
    {
        var options = new BpjsSimulatorOptions { ClockOffset = mistake == "clock" ? TimeSpan.FromMinutes(6) : TimeSpan.Zero };
        await using var bpjs = await BpjsStandIn.Start(options, o =>
        {
            o.SecretKey = mistake == "secret" ? "other" : o.SecretKey;
            o.UserKey = mistake == "user key" ? "other" : o.UserKey;
            o.ConsId = mistake == "consumer" ? "other" : o.ConsId;
        });

        var reply = await bpjs.Client.Add(BpjsStandIn.Booking(Code), s_ct);

        Assert.Equal(AnswerMeaning.CredentialsOrClock, BpjsAnswers.Classify(BpjsCall.Add, reply));
        Assert.Empty(bpjs.Simulator.Ledger.Bookings);
    }

    [Fact]
    public async Task A_clock_that_is_off_within_the_tolerance_does_no_harm()
    {
        await using var bpjs = await BpjsStandIn.Start(new() { ClockOffset = TimeSpan.FromMinutes(-4) });

        Assert.Equal("200", (await bpjs.Client.Add(BpjsStandIn.Booking(Code), s_ct)).Code);
    }

    public static TheoryData<string, string> Faulty => new()
    {
        { nameof(BpjsFaults.ServerError), nameof(ReplyKind.ServerError) },
        { nameof(BpjsFaults.Html), nameof(ReplyKind.NotJson) },
        { nameof(BpjsFaults.Empty), nameof(ReplyKind.Empty) },
        { nameof(BpjsFaults.Reset), nameof(ReplyKind.NoAnswer) },
        { nameof(BpjsFaults.Slow), nameof(ReplyKind.NoAnswer) },
        { nameof(BpjsFaults.BrokenBase64), nameof(ReplyKind.Undecryptable) },
        { nameof(BpjsFaults.TryAgain), nameof(ReplyKind.Envelope) },
    };

    [Theory, MemberData(nameof(Faulty))]
    [Trait("Failure", "5.14")]
    public async Task A_faulty_answer_is_an_outage_and_the_call_is_made_once(string fault, string kind)
    {
        await using var bpjs = await BpjsStandIn.Start(configure: o => o.TimeoutSeconds = 1);
        // A connection that is in use already: the place where a client might silently send again.
        await bpjs.Register("20261120000009");
        bpjs.Simulator.SetFaults(Always(fault));

        var reply = await bpjs.Client.Add(BpjsStandIn.Booking(Code), s_ct);

        Assert.Equal(kind, reply.Kind.ToString());
        Assert.Equal(AnswerAction.RetryOutage, BpjsAnswers.ActionFor(BpjsAnswers.Classify(BpjsCall.Add, reply)));
        Assert.Single(bpjs.Simulator.Ledger.Calls, c => c.Kodebooking == Code);
        Assert.DoesNotContain(bpjs.Simulator.Ledger.Bookings, b => b.Kodebooking == Code);
    }

    [Fact]
    public async Task An_answer_that_was_lost_after_acceptance_is_told_apart_by_the_next_try()
    {
        await using var bpjs = await BpjsStandIn.Start(configure: o => o.TimeoutSeconds = 1);
        bpjs.Simulator.SetFaults(new() { AcceptedThenLost = 1 });
        var lost = await bpjs.Client.Add(BpjsStandIn.Booking(Code), s_ct);
        bpjs.Simulator.SetFaults(BpjsFaults.None);

        var again = await bpjs.Client.Add(BpjsStandIn.Booking(Code), s_ct);

        Assert.Equal(ReplyKind.NoAnswer, lost.Kind);
        Assert.Equal(AnswerMeaning.AlreadyThere, BpjsAnswers.Classify(BpjsCall.Add, again));
        Assert.True(bpjs.Simulator.Ledger.Calls[0].AcceptedButAnswerLost);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_outage()
    {
        await using var bpjs = await BpjsStandIn.Start();
        await bpjs.Simulator.DisposeAsync();

        var reply = await bpjs.Client.GetListTask(Code, s_ct);

        Assert.Equal((ReplyKind.NoAnswer, "no connection"), (reply.Kind, reply.Message));
    }

    [Fact]
    public async Task A_base_address_that_leads_elsewhere_is_a_mistake_of_ours()
    {
        await using var bpjs = await BpjsStandIn.Start(configure: o => o.BaseUrl += "/antreanrs_old");

        var reply = await bpjs.Client.Add(BpjsStandIn.Booking(Code), s_ct);

        Assert.Equal(AnswerMeaning.WrongAddress, BpjsAnswers.Classify(BpjsCall.Add, reply));
    }

    [Fact]
    public async Task Giving_up_from_outside_is_no_answer_of_bpjs()
    {
        await using var bpjs = await BpjsStandIn.Start();
        bpjs.Simulator.SetFaults(Always(nameof(BpjsFaults.Slow)));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bpjs.Client.Add(BpjsStandIn.Booking(Code), stop.Token));
    }

    private static BpjsFaults Always(string fault) => fault switch
    {
        nameof(BpjsFaults.ServerError) => new() { ServerError = 1 },
        nameof(BpjsFaults.Html) => new() { Html = 1 },
        nameof(BpjsFaults.Empty) => new() { Empty = 1 },
        nameof(BpjsFaults.Reset) => new() { Reset = 1 },
        nameof(BpjsFaults.Slow) => new() { Slow = 1 },
        nameof(BpjsFaults.BrokenBase64) => new() { BrokenBase64 = 1 },
        _ => new() { TryAgain = 1 },
    };
}
