using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Alur.Host.Startup;
using Alur.Platform;
using Alur.Platform.Identity;
using Alur.Platform.Web;
using Alur.Simulators;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;

namespace Alur.Host.Commands.Demo;

/// <summary>How the demo looks at one moment.</summary>
/// <param name="Calls">Calls of the bridge at BPJS.</param>
internal sealed record DemoMoment(DayProgress Hospital, OwnCounts Own, long Calls, bool DayOver);

/// <summary>All that is known at the end.</summary>
internal sealed record DemoOutcome(
    DemoResult Result, Comparison Ledgers, OwnCounts Own, LedgerDocument Hospital, BpjsLedger Bpjs, IReadOnlyList<string> Problems);

/// <summary>Starts the processes, lets the day pass and compares the ledgers.</summary>
internal sealed class PlayDemo(DemoSettings settings, DemoStage stage, IDisturbances disturbances) : IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // Agreement must last: a second call that is still on its way would come within this time.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    // A server that is just dying may accept a question and never answer it.
    private static readonly TimeSpan AwayPatience = TimeSpan.FromSeconds(2);

    private IReadOnlyList<DemoNode> _nodes = [];
    private DemoEyes? _eyes;
    private CallsInHand? _inHand;
    private HospitalClock _clock = null!;
    private CountsOfServer? _own;

    /// <summary>Address of the server, for looking around.</summary>
    public string ServerUrl => _nodes[0].Url;

    /// <summary>The page on which the first account is made, as the server printed it; its pages, when there is none.</summary>
    public string BrowserUrl { get; private set; } = "";

    /// <summary>A key for its API.</summary>
    public string ApiKey { get; private set; } = "";

    /// <summary>Lets the day pass and compares; <paramref name="show"/> is called about twice a second.</summary>
    /// <exception cref="Refusal">A process ended too early.</exception>
    public async Task<DemoOutcome> Run(Action<DemoMoment> show, CancellationToken ct)
    {
        try
        {
            await Day(show, ct);
            return await Agreement(show, ct);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            ThrowIfEnded();
            throw new Refusal(CommandLine.Failed, "DEMO_BROKE_OFF", [$"A part of the demo does not answer as it should: {e.Message}", .. stage.Children.SelectMany(c => c.LastLines())]);
        }
    }

    public void Dispose() => _eyes?.Dispose();

    /// <summary>Starts the processes; <paramref name="announce"/> is given the server's configuration before it starts.</summary>
    /// <exception cref="Refusal">One did not start.</exception>
    public async Task Start(Action<IReadOnlyDictionary<string, string>> announce, CancellationToken ct)
    {
        var bpjs = stage.Start("bpjs", new Dictionary<string, string>(),
            "simulate", "bpjs", "--port", "0", "--cons-id", DemoSettings.ConsId, "--secret", DemoSettings.Secret, "--user-key", DemoSettings.UserKey);
        var bpjsUrl = await bpjs.Says("BPJS stand-in listening on ", StartPatience, ct);
        // Time to start the rest; until then it is seven o'clock.
        _clock = settings.Clock(DateTimeOffset.UtcNow.AddSeconds(6));
        using (var http = new HttpClient())
            await DemoEyes.TellTime(http, bpjsUrl, _clock.Start, 0, ct);
        var configuration = settings.Serve(disturbances.ClockOfServers(_clock), bpjsUrl, stage);
        announce(configuration);
        _inHand = new(stage.Postgres.AppConnectionString, TimeSpan.Parse(configuration["Delivery:Lease"], CultureInfo.InvariantCulture));
        _nodes = [.. Enumerable.Range(0, disturbances.Nodes).Select(n => new DemoNode(stage, n == 0 ? "server" : "other-server", configuration))];
        foreach (var node in _nodes)
            node.Start();
        var hospital = StartHospital(bpjsUrl);
        foreach (var node in _nodes)
            await node.Ready(ct);
        BrowserUrl = _nodes.Select(n => n.Child!.PrintedWord(SetUpLink.Prefix)).FirstOrDefault(link => link is not null) ?? ServerUrl;
        ApiKey = await MakeApiKey(ct);
        _eyes = new(() => ServerUrl, ApiKey, bpjsUrl, await hospital.Says("Khanza stand-in listening on ", StartPatience, ct));
        _own = new(_eyes.Own, () => disturbances.MayBeAway, AwayPatience);
        await _eyes.TellFaults(settings.BpjsFaults, ct);
    }

    private DemoChild StartHospital(string bpjsUrl) => stage.Start("hospital",
        new Dictionary<string, string> { ["KHANZA_CONNECTION"] = ConnectionString() },
        "simulate", "khanza", "--visits", Text(settings.Visits), "--seed", Text(settings.Seed), "--clock", _clock.ToString(),
        "--poll", Text(DemoSettings.Poll.TotalSeconds), "--bpjs", bpjsUrl,
        "--cons-id", DemoSettings.ConsId, "--secret", DemoSettings.Secret, "--user-key", DemoSettings.UserKey, "--fork", settings.Fork ? "true" : "false");

    private string ConnectionString()
    {
        var writer = stage.Khanza.Writer;
        return string.Create(CultureInfo.InvariantCulture, $"Host={writer.Host};Port={writer.Port};User={writer.User};Password={writer.Password};Database={writer.Database}");
    }

    private async Task<string> MakeApiKey(CancellationToken ct)
    {
        await using var database = PlatformModule.RuntimeDataSource(stage.Postgres.AppConnectionString);
        var key = await new ApiKeys(database, grants: []).Create("demo", ct);
        return key.Ok ? key.Value : throw new Refusal(CommandLine.Failed, key.Error.Code, [key.Error.Message]);
    }

    private async Task Day(Action<DemoMoment> show, CancellationToken ct)
    {
        while (DateTimeOffset.UtcNow < _clock.Anchor)
            await Task.Delay(Math.Max(1, (int)Math.Min(50, (_clock.Anchor - DateTimeOffset.UtcNow).TotalMilliseconds)), ct);
        await _eyes!.TellTime(_clock, over: false, ct);
        var disturbing = disturbances.Run(new(stage, _nodes, _inHand!, _clock), ct);
        while (DateTimeOffset.UtcNow < _clock.RealEnd)
        {
            show(await Moment(over: false, ct));
            var left = _clock.RealEnd - DateTimeOffset.UtcNow;
            await Task.Delay(left < Look ? left.Duration() : Look, ct);
        }

        await _eyes!.TellTime(_clock, over: true, ct);
        await disturbing;
    }

    // The day is over; what is on its way may still arrive, on a slow machine for a while. Given up when nothing moved for as long as
    // the patience lasts, and then the verdict says so.
    private async Task<DemoOutcome> Agreement(Action<DemoMoment> show, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        var calls = -1L;
        while (true)
        {
            var moment = await Moment(over: true, ct);
            show(moment);
            if (moment.Calls != calls)
                waited.Restart();
            calls = moment.Calls;
            if (moment is { Hospital.Ended: true, Own.Pending: 0 } && (await Outcome(DateTimeOffset.UtcNow, ct)).Problems.Count == 0)
                break;
            if (waited.Elapsed > settings.Patience)
                break;
            if (moment.Own.Failed > 0)
                await disturbances.Mend(_eyes!, ct);
            await Task.Delay(Look, ct);
        }

        var agreedAt = DateTimeOffset.UtcNow;
        await Task.Delay(Settle, ct);
        return await Outcome(agreedAt, ct);
    }

    private async Task<DemoMoment> Moment(bool over, CancellationToken ct)
    {
        ThrowIfEnded();
        var progress = await _eyes!.Progress(ct);
        if (progress.Error is { } error)
            throw new Refusal(CommandLine.Failed, "HOSPITAL_BROKE_OFF", [$"The hospital's day broke off: {error}"]);
        var bpjs = await _eyes!.BpjsCounts(ct);
        return new(progress, await _own!.Latest(ct), bpjs.BySender.Where(s => s.Key != "desktop").Sum(s => s.Value.Attempts), over);
    }

    private void ThrowIfEnded()
    {
        var servers = disturbances.MayBeAway ? _nodes.Select(n => n.Child).ToList() : [];
        foreach (var child in stage.Children.Except(servers))
            child!.ThrowIfEnded();
    }

    private async Task<DemoOutcome> Outcome(DateTimeOffset until, CancellationToken ct)
    {
        var own = await _eyes!.Own(ct);
        var hospital = await _eyes!.Hospital(ct);
        var bpjs = await BpjsKnowingDeaths(ct);
        var ledgers = CompareLedgers.Run(hospital, bpjs);
        var unseen = await Unseen(hospital, bpjs, ct);
        var elapsed = Math.Round((until - _clock.Anchor).TotalSeconds, 1);
        var delivered = bpjs.Bookings.Count(b => b.Sumber != "desktop") + bpjs.Tasks.Count;
        var result = new DemoResult(
            hospital.Visits.Count, own.Blocked, own.Observed, own.Sent, own.AlreadyThere, own.Held, own.Failed, own.Cancelled, own.Pending,
            ledgers.Sendable, ledgers.NeverVisible, ledgers.Lost, ledgers.OutOfOrder, ledgers.Duplicates, ledgers.Invented, ledgers.Forgiven, ledgers.Attempts,
            elapsed, Math.Round(delivered / Math.Max(elapsed, 0.1), 1), _nodes[0].Child?.RssMb() ?? 0);
        return new(result, ledgers, own, hospital, bpjs, Verdict.Problems(ledgers, own, unseen, hospital.Ended));
    }

    private async Task<BpjsLedger> BpjsKnowingDeaths(CancellationToken ct)
    {
        var bpjs = await _eyes!.Bpjs(ct);
        if (await _inHand!.NotHeard(bpjs, ct) is not { Count: > 0 } notHeard)
            return bpjs;
        await _eyes.TellDeath(notHeard, ct);
        return await _eyes.Bpjs(ct);
    }

    // Registered by the desktop and deleted between two polls (or so, on a slow machine): BPJS has it, and no bridge could know.
    private async Task<int> Unseen(LedgerDocument hospital, BpjsLedger bpjs, CancellationToken ct)
    {
        var byDesktop = bpjs.Bookings.Where(b => b.Sumber == "desktop").Select(b => b.Kodebooking).ToHashSet(StringComparer.Ordinal);
        var unseen = 0;
        foreach (var visit in hospital.Visits.Where(v => v.State.Gone && byDesktop.Contains(v.Kodebooking) && v.Moments.All(m => m.ToReal - m.FromReal < disturbances.Blindness)))
            unseen += await _eyes!.Knows(visit.VisitId, ct) ? 0 : 1;
        return unseen;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
