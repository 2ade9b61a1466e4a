using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Sites;
using Alur.Benchmarks.Poll;
using Alur.Host.Commands.Demo;
using Alur.MariaDb;
using Alur.Simulators;
using Alur.Simulators.Bpjs;
using Alur.Simulators.MariaDb;
using Npgsql;

namespace Alur.Benchmarks.Latency;

/// <summary>
/// From a commit in Khanza until BPJS has accepted, with the real server as a process of its own that polls every second, in a hospital whose window is full. All
/// other cadences are the product's. The limit follows on the same databases, with other patients.
/// </summary>
internal sealed class LatencyBench(DemoStage stage, LatencySize size, TextWriter progress)
{
    private const int Concurrency = 16;
    private const int FirstPatient = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly string[] OwnCadences = ["Antrean:BuildInterval", "Antrean:ReconcileInterval", "Delivery:WorkerInterval", "Delivery:CallTimeout", "Delivery:Lease", "Delivery:BackOffBase", "Delivery:BackOffCap", "Resilience:OpenFor"];

    private static readonly string Sent = $"""
        update antrean.tasks set status = 'SENT_BPJS', sent_at = now(), held_reason = null, cancelled_reason = null
        where status = 'DRAFT' and queued_at is null and visit_id < '{FillKhanza.Day(Latencies.Today)}/{FirstPatient}'
        """;

    // After every visit of the filled window has begun: none of those is sent.
    private readonly HospitalClock _clock = At("14:10", "23:00");

    private MariaDbDatabase _khanza = null!;
    private string _bpjs = "";

    public static async Task<LatencyFigures> Run(LatencySize size, TextWriter progress, CancellationToken ct)
    {
        await using var stage = await DemoStage.Prepare(size.Place, ct);
        return await new LatencyBench(stage, size, progress).Run(ct);
    }

    private async Task<LatencyFigures> Run(CancellationToken ct)
    {
        await progress.WriteLineAsync($"Preparing a hospital with {size.PerDay * PollSide.Days:N0} visits in its window …");
        _khanza = await stage.MariaDb.CreateDatabase("alur_latency", ct: ct);
        await FillKhanza.Run(_khanza, size.PerDay, oldRows: 0, ct);
        await using var writer = new MariaDbDataSource(_khanza.Writer);
        var ours = new Patients(writer, _clock, FirstPatient, size);
        var others = new Patients(writer, _clock, FirstPatient + size.Patients, size);
        await StartBpjs(ct);
        var server = stage.Start("server", Settings(), "serve");
        await server.Says("Listening: ", Patience, ct);
        await Rest(ct);
        await OthersWereSent(ct);
        var booked = (await Counts(ct)).Bookings;
        await ours.Come(ct);
        await others.Come(ct);
        await Until(c => c.Bookings >= booked + (2 * size.Patients), ct);
        var (busy, quiet) = await Measure(server, ours, ct);
        await stage.Kill(server);
        await progress.WriteLineAsync("The limit …");
        await Limit(writer, others, ct);
        var ledger = await Book(ct);
        return new(size.PerDay * PollSide.Days, size.PerSecond, Latencies.Of(ours.Committed, ledger), Latencies.Of(others.Committed, ledger), busy, quiet);
    }

    private async Task<(CpuUse Busy, CpuUse Quiet)> Measure(DemoChild server, Patients ours, CancellationToken ct)
    {
        await using var postgres = NpgsqlDataSource.Create(stage.Postgres.AppConnectionString);
        var quiet = await PerSecond(postgres, server.Pid, () => Task.Delay(size.Quiet, ct), ct);
        await progress.WriteLineAsync($"{size.Commits:N0} commits, {size.PerSecond} a second …");
        var told = (await Counts(ct)).Tasks;
        var busy = await PerSecond(postgres, server.Pid, () => ours.Pass(ct), ct);
        await Until(c => c.Tasks >= told + size.Commits, ct);
        return (busy, quiet);
    }

    private async Task Limit(MariaDbDataSource writer, Patients others, CancellationToken ct)
    {
        using var client = new BpjsClient(new BpjsOptions { BaseUrl = _bpjs, ConsId = DemoSettings.ConsId, SecretKey = DemoSettings.Secret, UserKey = DemoSettings.UserKey, MaxConcurrent = Concurrency });
        var loop = new BareLoop(writer, client, Concurrency, FirstPatient + size.Patients).Run(size.Commits, ct);
        await others.Pass(ct);
        await loop;
    }

    // As in a hospital that has been sending for weeks: what began before was told on its day.
    private async Task OthersWereSent(CancellationToken ct)
    {
        await using var owner = NpgsqlDataSource.Create(stage.Postgres.OwnerConnectionString);
        foreach (var sql in (string[])[Sent, "vacuum (analyze) antrean.tasks"])
        {
            await using var command = owner.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task<CpuUse> PerSecond(NpgsqlDataSource postgres, int server, Func<Task> during, CancellationToken ct)
    {
        var before = await CpuUse.Read(postgres, server, stage.MariaDb.ProcessId, ct);
        var clock = Stopwatch.StartNew();
        await during();
        return (await CpuUse.Read(postgres, server, stage.MariaDb.ProcessId, ct) - before).Per(clock.Elapsed.TotalSeconds);
    }

    private async Task StartBpjs(CancellationToken ct)
    {
        var bpjs = stage.Start("bpjs", new Dictionary<string, string>(),
            "simulate", "bpjs", "--port", "0", "--cons-id", DemoSettings.ConsId, "--secret", DemoSettings.Secret, "--user-key", DemoSettings.UserKey);
        _bpjs = await bpjs.Says("BPJS stand-in listening on ", Patience, ct);
        using var http = new HttpClient();
        await DemoEyes.TellTime(http, _bpjs, _clock.Now, 1, ct);
    }

    // Until nothing has been called for some seconds: what the filled window brings along is over.
    private async Task Rest(CancellationToken ct)
    {
        var (calls, since) = (0, Stopwatch.StartNew());
        await Until(
            counts =>
            {
                if (counts.Calls != calls)
                    since.Restart();
                calls = counts.Calls;
                return calls > 0 && since.Elapsed > TimeSpan.FromSeconds(4);
            },
            ct);
    }

    private async Task Until(Func<LedgerCounts, bool> isSo, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (await Counts(ct) is var counts && !isSo(counts))
        {
            if (waited.Elapsed > Patience)
                throw new InvalidOperationException($"BPJS was not told what it should be: {counts}. {string.Join(Environment.NewLine, stage.Children[^1].LastLines())}");
            await Task.Delay(200, ct);
        }
    }

    private async Task<LedgerCounts> Counts(CancellationToken ct)
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<LedgerCounts>(_bpjs + "/_control/counts", ct))!;
    }

    private async Task<BpjsLedger> Book(CancellationToken ct)
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<BpjsLedger>(_bpjs + "/_control/ledger", ct))!;
    }

    private Dictionary<string, string> Settings()
    {
        var day = DateOnly.FromDateTime(_clock.Start.DateTime);
        var settings = new DemoSettings(0, "none", 1, Json: true, Keep: false, day, 60)
        {
            Patience = Patience,
            ServerSettings =
            [
                ("Antrean:Sites:default:SendFrom", _clock.Start.ToString("O", CultureInfo.InvariantCulture)),
                ("Antrean:Sites:default:Khanza:User", _khanza.Reader.User), ("Antrean:Sites:default:Khanza:Password", _khanza.Reader.Password ?? ""),
                ("Antrean:Sites:default:Khanza:Database", _khanza.Name),
            ],
        }.Serve(_clock, _bpjs, stage);
        foreach (var key in OwnCadences)
            settings.Remove(key);
        return settings;
    }

    private static HospitalClock At(string from, string until)
    {
        DateTimeOffset Wall(string time) => DateTimeOffset.ParseExact($"{FillKhanza.Day(Latencies.Today)} {time} +07:00", "yyyy/MM/dd HH:mm zzz", CultureInfo.InvariantCulture);
        return new(Wall(from), Wall(until), 1, DateTimeOffset.UtcNow);
    }
}
