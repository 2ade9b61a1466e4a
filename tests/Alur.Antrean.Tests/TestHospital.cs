using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Alur.Antrean.Board;
using Alur.Antrean.Polling;
using Alur.Antrean.Reconcile;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.MariaDb;
using Alur.Platform.Delivery;
using Alur.Simulators.Bpjs;
using Alur.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Antrean.Tests;

/// <summary>
/// A hospital with a real Khanza database (MariaDB), our real PostgreSQL and a BPJS stand-in over HTTP. Its day is Tuesday 20 January 2026 in Jakarta.
/// Nothing runs by itself: tests say <see cref="Poll"/>, <see cref="Build"/>, <see cref="Deliver"/>.
/// </summary>
internal sealed class TestHospital : IAsyncDisposable
{
    public const string Code = "default";

    private readonly TestDatabase _database;
    private readonly ServiceProvider _services;

    private TestHospital(TestDatabase database, MariaDbTestDatabase khanza, BpjsSimulator bpjs, ServiceProvider services, BusinessClock clock, LogLines log) =>
        (_database, Khanza, Bpjs, _services, Clock, Log) = (database, khanza, bpjs, services, clock, log);

    public MariaDbTestDatabase Khanza { get; }

    public BpjsSimulator Bpjs { get; }

    public BusinessClock Clock { get; }

    public LogLines Log { get; }

    public NpgsqlDataSource Db => _database.App;

    public IServiceProvider Services => _services;

    public Site Site => _services.GetRequiredService<SiteDirectory>().Find(Code)!;

    /// <summary>Opens a hospital that sends with the profile <c>khanza</c>; settings override, keys relative to the site.</summary>
    public static async Task<TestHospital> Open(
        Dictionary<string, string?>? site = null, Action<IServiceCollection>? with = null, Func<DbDataSource, DbDataSource>? khanza = null,
        bool checkFirst = false)
    {
        var database = await TestDatabase.Create();
        var clock = new BusinessClock();
        var (mariaDb, bpjs) = await Surroundings.Open(HospitalMasters.Sql, clock);
        var log = new LogLines();
        var provider = Node(Configuration(site ?? [], bpjs), database.App, clock, log, () => Reader(mariaDb, khanza), with);
        var hospital = new TestHospital(database, mariaDb, bpjs, provider, clock, log);
        await provider.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
        if (checkFirst)
            return hospital;
        await hospital.Execute("update antrean.sites set check_before = null"); // as if it had been sending for long
        await provider.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
        return hospital;
    }

    /// <summary>Another node of the same hospital, with other settings; nothing of it has started.</summary>
    public ServiceProvider AnotherNode(Dictionary<string, string?> site) => Node(Configuration(site, Bpjs), _database.App, Clock, Log, () => Reader(Khanza, khanza: null), with: null);

    /// <summary>A server of the same hospital on another database.</summary>
    public ServiceProvider NodeOn(NpgsqlDataSource database) => Node(Configuration([], Bpjs), database, Clock, Log, () => Reader(Khanza, khanza: null), with: null);

    /// <summary>Arguments that lead a command to this hospital's database.</summary>
    public string[] DatabaseSettings =>
        ["--set", $"ConnectionStrings:Alur={_database.AppConnectionString}", "--set", $"ConnectionStrings:AlurOwner={_database.OwnerConnectionString}"];

    /// <summary>The same hospital's server on the same day, spoken to over HTTP; its loops do not run either. <paramref name="more"/> are settings beside the site's.</summary>
    public Task<AlurApp> Serve(params IEnumerable<KeyValuePair<string, string?>> more) => AlurApp.Start(
        _services.GetRequiredService<IConfiguration>().AsEnumerable().Where(s => s.Value is not null).Append(new("Demo:Clock", Clock.Standing)).Concat(more).ToDictionary(StringComparer.Ordinal), onto: _database);

    /// <summary>Whether it sends, as all nodes go by it.</summary>
    public async Task<SiteMode> Mode() => (await _services.GetRequiredService<SiteModes>().Of(Code, CancellationToken.None))!;

    public Task<PollKhanza.PollResult> Poll() => _services.GetRequiredService<PollKhanza>().RunOnce(Code, CancellationToken.None);

    public Task<BuildQueue.BuildResult> Build() => _services.GetRequiredService<BuildQueue>().RunOnce(Code, CancellationToken.None);

    public Task<PumpResult> Deliver() => _services.GetRequiredService<DeliveryPump>().RunOnce(CancellationToken.None);

    public Task<int> Reconcile() => _services.GetRequiredService<ReconcileRegistrations>().RunOnce(Code, CancellationToken.None);

    public async Task<TaskCounts> Count() => (await CountTasks.Run(Db, Code, day: null, CancellationToken.None)).Value;

    /// <summary>Builds and delivers until both have nothing left to do.</summary>
    public async Task Settle()
    {
        do
            await Deliver();
        while ((await Build()).Queued > 0);
    }

    /// <summary>Arranges what the server itself may not do.</summary>
    public async Task Owner(string sql)
    {
        await using var command = _database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What the audit says, which the server itself may not read.</summary>
    public async Task<string> Audit(string sql)
    {
        await using var command = _database.Owner.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as string ?? "";
    }

    /// <summary>Moves every waiting retry to now.</summary>
    public Task MakeDue() => Execute("update delivery.lanes set due_at = now() where state = 'OPEN'");

    // What people do at the hospital, with times of the day as they see them.

    public Task Register(
        string visit, string at = "07:00:00", string payer = "UMU", string clinic = "101", string doctor = "D001", string? number = null, string? day = null,
        string patient = "Lama", string care = "Ralan") => Khanza.Execute($"""
        insert ignore into pasien (no_rkm_medis, nm_pasien, no_ktp, no_tlp, kd_pj, no_peserta)
        values ('{visit[^6..]}', 'Pasien Karangan', '0000000000{visit[^6..]}', '0812{visit[^6..]}', 'BPJ', '0000000{visit[^6..]}');
        insert into reg_periksa (no_reg, no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, stts, stts_daftar, status_lanjut, kd_pj)
        values ('{number ?? visit[^3..]}', '{visit}', '{day ?? visit[..10].Replace('/', '-')}', '{at}', '{doctor}', '{visit[^6..]}', '{clinic}', 'Belum', '{patient}', '{care}', '{payer}');
        """);

    public Task Book(string booking, string visit, string day = "2026-01-20", string? validated = null) => Khanza.Execute($"""
        insert into referensi_mobilejkn_bpjs (nobooking, no_rawat, nomorkartu, nik, nohp, kodepoli, pasienbaru, tanggalperiksa, kodedokter, jampraktek,
            jeniskunjungan, nomorreferensi, nomorantrean, angkaantrean, sisakuotajkn, kuotajkn, sisakuotanonjkn, kuotanonjkn, status, validasi, statuskirim)
        values ('{booking}', '{visit}', '0000000000001', '0000000000000001', '081200000001', 'ANA', '0', '{day}', '292667', '07:00-14:00',
            '1 (Rujukan FKTP)', 'REF{booking}', 'ANA-001', '1', 19, 20, 20, 20, 'Belum', {(validated is null ? "null" : $"'{validated}'")}, 'Belum');
        """);

    /// <summary>The folder leaves for the clinic (task 3) and arrives (task 4); times without a day are of today.</summary>
    public Task Folder(string visit, string? sent = null, string? received = null) => Khanza.Execute($"""
        insert into mutasi_berkas (no_rawat, dikirim, diterima, kembali, tidakada, ranap)
        values ('{visit}', '{Moment(sent)}', '{Moment(received)}', '{Moment(null)}', '{Moment(null)}', '{Moment(null)}')
        on duplicate key update dikirim = values(dikirim), diterima = values(diterima);
        """);

    /// <summary>The first note of the visit (task 5).</summary>
    public Task Note(string visit, string at, string nip = "D001") => Khanza.Execute($"""
        insert into pemeriksaan_ralan (no_rawat, tgl_perawatan, jam_rawat, nip) values ('{visit}', '2026-01-20', '{at}', '{nip}');
        """);

    /// <summary>A whole friendly visit of another payer.</summary>
    public async Task FullVisit(string visit, string at = "07:00:00", string sent = "07:10:00", string received = "07:20:00", string noted = "07:30:00")
    {
        await Register(visit, at);
        await Folder(visit, sent, received);
        await Note(visit, noted);
    }

    // What we know.

    /// <summary>The specified record: the view's row, without the site.</summary>
    public async Task<JsonObject?> Event(string visit) =>
        await Scalar<string>("select (to_jsonb(e) - 'site_id')::text from antrean.visit_events e where visit_id = $1", visit) is { } json
            ? JsonNode.Parse(json)!.AsObject() : null;

    public async Task<string> Progress(string visit) => (await Event(visit))!["task_progress"]!.ToJsonString();

    /// <summary>"1 SENT_BPJS, 3 held TIME_NOT_LATER, …" of one visit.</summary>
    public async Task<string> Standing(string visit) => await Scalar<string>("""
        select coalesce(string_agg(t.task || ' ' || case
            when t.held_reason is not null then 'held ' || t.held_reason
            when t.cancelled_reason is not null then 'cancelled ' || t.cancelled_reason
            when t.status = 'DRAFT' and t.queued_at is not null then 'queued'
            else t.status end, ', ' order by t.task), '')
        from antrean.tasks t where t.visit_id = $1
        """, visit) ?? "";

    /// <summary>"3 OBSERVED, 3 HELD REGISTER_NOT_SENT, …" of one visit, in order.</summary>
    public async Task<string> History(string visit, string task) => await Scalar<string>("""
        select coalesce(string_agg(trim(event || ' ' || coalesce(reason, '')), ', ' order by id), '') from antrean.task_history where visit_id = $1 and task = $2
        """, visit, task) ?? "";

    public async Task<List<string>> Column(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return rows;
    }

    public async Task<T?> Scalar<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async Task Execute(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Bpjs.DisposeAsync();
        await Khanza.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static ServiceProvider Node(
        IConfiguration configuration, NpgsqlDataSource database, BusinessClock clock, LogLines log, Func<DbDataSource> khanza, Action<IServiceCollection>? with)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Information));
        services.AddSingleton(database).AddSingleton<TimeProvider>(clock);
        services.AddSingleton<Func<KhanzaOptions, DbDataSource>>(_ => khanza());
        services.AddAntrean(configuration);
        with?.Invoke(services);
        return services.BuildServiceProvider();
    }

    // Whoever connects owns what it gets, as with the product's own connections.
    private static DbDataSource Reader(MariaDbTestDatabase database, Func<DbDataSource, DbDataSource>? khanza) =>
        (khanza ?? (real => real))(new MariaDbDataSource(database.ReaderOptions));

    private static string Moment(string? at) => at is null ? "0000-00-00 00:00:00" : at.Length == 8 ? "2026-01-20 " + at : at;

    private static IConfiguration Configuration(Dictionary<string, string?> site, BpjsSimulator bpjs) => Surroundings.Configuration(Surroundings.Sending(Code, bpjs, site));

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = Db.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
