using System.Diagnostics;
using Alur.Antrean.Board;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Doctor;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform;
using Alur.Platform.Delivery;
using Alur.Platform.Doctor;
using Alur.Platform.Postgres;
using Alur.Simulators.Bpjs;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Reconcile;

/// <summary>What others, or we ourselves before a restore, have told BPJS is found there instead of being sent again.</summary>
public sealed class CheckBeforeSendTests
{
    private const string Older = "2026/01/20/000001";
    private const string Second = "2026/01/20/000002";
    private const string Third = "2026/01/20/000003";

    [Fact]
    public async Task After_a_switch_on_only_what_bpjs_does_not_list_of_an_older_visit_is_sent()
    {
        await using var hospital = await TestHospital.Open(checkFirst: true);
        await hospital.FullVisit(Older);
        await TellAsAnother(hospital, Older, "07:10:00");

        await hospital.Poll();
        await hospital.Settle();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing(Older));
        Assert.Equal(["1", "3"], await hospital.Column("select task from antrean.tasks where already_there order by task"));
        Assert.Equal(["antrean/updatewaktu 4 accepted", "antrean/updatewaktu 5 accepted"], Told(hospital, Older).Skip(2));
        Assert.EndsWith("SENT LISTED", await hospital.History(Older, "3"), StringComparison.Ordinal);
        Assert.All(hospital.Bpjs.Ledger.Calls, call => Assert.False(call.Duplicate));
    }

    [Fact]
    public async Task A_look_up_counts_towards_the_calls_per_second_like_the_call_that_follows_it()
    {
        await using var hospital = await TestHospital.Open(checkFirst: true);
        await hospital.Register(Older);
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Folder(Older, sent: "07:10:00");
        await hospital.Poll();
        await hospital.Build();
        await hospital.Execute("update delivery.channels set max_per_second = 1, tokens = 1, tokens_at = now() + interval '1 hour'"); // nothing flows in meanwhile
        await hospital.Deliver();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Older));
        Assert.Equal(-1, await hospital.Scalar<double>("select tokens from delivery.channels"));
        await hospital.Deliver(); // and nobody minds owing a call
    }

    [Fact]
    public async Task From_when_on_visits_are_sent_without_a_look_is_told_by_the_API_and_by_the_doctor_while_it_matters()
    {
        await using var hospital = await TestHospital.Open(checkFirst: true);
        await using var app = await hospital.Serve();
        var doctor = hospital.Services.GetServices<IDoctorCheck>().OfType<CheckLookUps>().Single();

        Assert.Equal((await hospital.Mode()).CheckBefore, (DateTimeOffset?)Assert.Single(await app.Walk("/api/antrean/sites"))["check_before"]);
        var told = Assert.Single(await doctor.Run(new DoctorRound(Subject: null, hospital.Db), TestContext.Current.CancellationToken));
        Assert.StartsWith("Visits that began before 2026-01-20 ", told.Found.English, StringComparison.Ordinal);
        hospital.Clock.Now = hospital.Clock.Now.AddDays(9);
        Assert.Empty(await doctor.Run(new DoctorRound(Subject: null, hospital.Db), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_visit_that_began_after_the_switch_on_is_sent_without_a_look()
    {
        await using var hospital = await TestHospital.Open(checkFirst: true);
        await hospital.Register(Older, at: "20:30:00");
        hospital.Clock.Now = hospital.Clock.Now.AddHours(1);

        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal(["antrean/add"], hospital.Bpjs.Ledger.Calls.Select(call => call.Endpoint));
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_sends_nothing_and_fails_nothing()
    {
        await using var hospital = await TestHospital.Open(checkFirst: true);
        await hospital.Register(Older);
        await hospital.Poll();
        await hospital.Build();
        await hospital.Bpjs.DisposeAsync(); // nobody answers

        await hospital.Deliver();

        Assert.Equal("1 queued", await hospital.Standing(Older));
        Assert.Equal(["PENDING"], await hospital.Column("select state from delivery.jobs"));
    }

    [Theory]
    [InlineData("antrean/pendaftaran/tanggal/2026-01-20", false)]
    [InlineData("antrean/getlisttask", false)]
    [InlineData("antrean/updatewaktu", true)]
    public async Task Only_a_call_that_tells_BPJS_something_leaves_a_doubt_when_it_takes_too_long(string slow, bool doubt)
    {
        await using var hospital = await TestHospital.Open(
            checkFirst: true, with: services => services.Configure<DeliveryOptions>(options => options.CallTimeout = TimeSpan.FromSeconds(1)));
        await hospital.Register(Older);
        await hospital.Folder(Older, sent: "07:10:00");
        await hospital.Poll();
        await hospital.Build();
        if (!slow.Contains("pendaftaran", StringComparison.Ordinal))
        {
            await hospital.Deliver();
            await hospital.Build();
        }

        if (doubt)
            await hospital.Execute("update antrean.sites set check_before = null");
        await hospital.Services.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
        hospital.Bpjs.SetFaults(new BpjsFaults { Slow = 1, SlowSeconds = 5 });
        await hospital.Deliver();

        Assert.Equal([$"No answer within 1 s. {doubt}"], await hospital.Column("select last_error, unanswered from delivery.jobs where state = 'PENDING' and last_error is not null"));
        Assert.Equal(slow, hospital.Bpjs.Ledger.Calls[^1].Endpoint);
    }

    [Fact]
    public async Task A_visit_that_bpjs_lists_as_cancelled_is_not_told_again()
    {
        await using var hospital = await TestHospital.Open(checkFirst: true);
        await hospital.FullVisit(Older);
        await TellAsAnother(hospital, Older, task3: null);
        hospital.Bpjs.CancelAsPatient(Older);

        await hospital.Poll();
        await hospital.Settle();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 cancelled CANCELLED_AT_BPJS, 4 cancelled CANCELLED_AT_BPJS, 5 cancelled CANCELLED_AT_BPJS", await hospital.Standing(Older));
    }

    [Fact]
    public async Task Once_it_sends_a_restart_looks_nothing_more_up_and_another_database_looks_everything_up()
    {
        await using var hospital = await TestHospital.Open(); // has been sending for long
        Assert.Null((await hospital.Mode()).CheckBefore);

        await hospital.Execute("update antrean.sites set kept_in = 'another server/1'"); // as a copy says
        await using var node = hospital.AnotherNode([]);
        await node.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);

        // The end of tomorrow: what a poll of that moment could have read.
        var before = (await hospital.Mode()).CheckBefore;
        Assert.Equal(new DateTimeOffset(2026, 1, 22, 0, 0, 0, TimeSpan.FromHours(7)), before);
        await node.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
        Assert.Equal(before, (await hospital.Mode()).CheckBefore);
    }

    [Fact]
    public async Task After_a_restore_what_was_sent_since_the_backup_is_found_at_bpjs_and_nothing_is_told_twice()
    {
        await using var hospital = await TestHospital.Open();
        var directory = Directory.CreateTempSubdirectory("alur-restore-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        var (dump, restored) = (Path.Combine(directory, "a backup.dump"), new ClusterOptions(Checkout.Root, "restored") { Directory = Path.Combine(directory, "restored"), Durable = false });
        try
        {
            await hospital.FullVisit(Older);
            await hospital.Register(Second);
            await hospital.Folder(Second, sent: "08:10:00");
            await Work(hospital.Services);
            var before = hospital.Bpjs.Counts;
            await Alur(["backup", "--to", dump, .. hospital.DatabaseSettings]);
            await hospital.Folder(Second, sent: "08:10:00", received: "08:20:00");
            await hospital.FullVisit(Third, at: "09:00:00", sent: "09:10:00", received: "09:20:00", noted: "09:30:00");
            await Work(hospital.Services);
            var sentSince = hospital.Bpjs.Counts.Tasks + hospital.Bpjs.Counts.Bookings - before.Tasks - before.Bookings;
            await hospital.Note(Second, "08:30:00");

            await Alur(["restore", dump, "--set", $"Postgres:Directory={restored.Directory}"]);
            var cluster = await PrivateCluster.EnsureRunning(restored, CancellationToken.None);
            await using var database = PlatformModule.RuntimeDataSource(cluster.AppConnectionString);
            await using var server = hospital.NodeOn(database);
            await server.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
            await Work(server);

            Assert.Equal(5, sentSince); // task 4 of the second visit, and the whole third one
            var counts = (await CountTasks.Run(database, TestHospital.Code, day: null, CancellationToken.None)).Value;
            Assert.Equal((12, 12, 5), (counts.Observed, counts.Sent, counts.AlreadyThere));
            var calls = hospital.Bpjs.Ledger.Calls.Where(IsAttempt).ToList();
            Assert.Equal(12, calls.Count); // each once: nothing after an acknowledged acceptance
            Assert.All(calls, call => Assert.Equal(("accepted", false), (call.Outcome, call.Duplicate)));
        }
        finally
        {
            await PrivateCluster.Stop(restored, CancellationToken.None);
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Polls, builds and delivers until nothing moves.</summary>
    private static async Task Work(IServiceProvider server)
    {
        await server.GetRequiredService<PollKhanza>().RunOnce(TestHospital.Code, CancellationToken.None);
        BuildQueue.BuildResult built;
        do
        {
            built = await server.GetRequiredService<BuildQueue>().RunOnce(TestHospital.Code, CancellationToken.None);
            await server.GetRequiredService<DeliveryPump>().RunOnce(CancellationToken.None);
        }
        while (built.Queued > 0);
    }

    private static async Task Alur(params string[] arguments)
    {
        var program = Path.Combine(Checkout.Root, "artifacts", "bin", "Alur.Host", new DirectoryInfo(AppContext.BaseDirectory).Name, "Alur.Host.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { UseShellExecute = false, WorkingDirectory = "/", RedirectStandardError = true, RedirectStandardOutput = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + await errors);
    }

    // Somebody else's program, with the same account.
    private static async Task TellAsAnother(TestHospital hospital, string visit, string? task3)
    {
        await hospital.Poll();
        var body = await hospital.Scalar<string>(
            "select (v.payload || v.patient || jsonb_build_object('kodebooking', v.kodebooking))::text from antrean.visits v where visit_id = $1", visit);
        var client = hospital.Services.GetRequiredService<BpjsClients>().For(TestHospital.Code).Value;
        Assert.Equal("200", (await client.Add(body!, CancellationToken.None)).Code);
        if (task3 is not null)
            Assert.Equal("200", (await client.UpdateWaktu(visit, 3, DateTimeOffset.Parse($"2026-01-20T{task3}+07:00", null), CancellationToken.None)).Code);
    }

    private static IEnumerable<string> Told(TestHospital hospital, string visit) => hospital.Bpjs.Ledger.Calls
        .Where(call => call.Kodebooking == visit && IsAttempt(call)).Select(call => $"{call.Endpoint} {call.Taskid} {call.Outcome}");

    private static bool IsAttempt(CallEntry call) => call.Endpoint is "antrean/add" or "antrean/updatewaktu" or "antrean/batal";
}
