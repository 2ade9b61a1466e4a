using System.Data.Common;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.MariaDb;
using Alur.Platform.Delivery;
using Alur.Simulators.Bpjs;
using Alur.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Sites;

/// <summary>Two hospitals in one server: whatever happens to one, the other is read, judged and told as if it were alone.</summary>
public sealed class TwoHospitalsTests
{
    private const int Flood = 150;
    private const int Few = 10;

    [Fact]
    public async Task A_hospital_whose_BPJS_hangs_under_a_flood_delays_nobody_else()
    {
        await using var server = await Server.Open();
        await server.A.Register(Flood);
        await server.B.Register(Few);
        server.A.Bpjs.SetFaults(new BpjsFaults { Slow = 1, SlowSeconds = 60 });
        await server.PollAndBuild("a");
        await server.PollAndBuild("b");

        using var stop = new CancellationTokenSource();
        var round = server.Services.GetRequiredService<DeliveryPump>().RunOnce(stop.Token);
        await Until(() => server.B.Bpjs.Counts.Bookings == Few);

        Assert.False(round.IsCompleted, "the calls to the other hospital's BPJS should still hang");
        Assert.Equal(0, server.A.Bpjs.Counts.Bookings);
        await stop.CancelAsync();
        await round;
        Assert.Equal(Flood, await server.Scalar("select count(*) from delivery.jobs where channel = 'bpjs:a' and state <> 'SENT'"));
        Assert.Equal(0, await server.Scalar("select count(*) from delivery.jobs where channel = 'bpjs:b' and state <> 'SENT'"));
    }

    [Fact]
    public async Task A_hospital_whose_Khanza_is_down_keeps_no_other_from_being_read()
    {
        await using var server = await Server.Open();
        await server.B.Register(Few);
        server.A.IsDown = true;
        await Assert.ThrowsAnyAsync<DbException>(() => server.PollAndBuild("a"));
        await server.PollAndBuild("b");
        await server.Services.GetRequiredService<DeliveryPump>().RunOnce();

        Assert.Equal(Few, server.B.Bpjs.Counts.Bookings);
        Assert.Equal(1, await server.Scalar("select count(*) from antrean.sites where code = 'a' and last_poll_error is not null"));
        Assert.Equal(1, await server.Scalar("select count(*) from antrean.sites where code = 'b' and last_poll_error is null"));
    }

    [Fact]
    public async Task An_outage_of_one_account_opens_its_own_breaker_only()
    {
        await using var server = await Server.Open();
        await server.A.Register(Few);
        await server.B.Register(Few);
        server.A.Bpjs.SetFaults(new BpjsFaults { ServerError = 1 });
        await server.PollAndBuild("a");
        await server.PollAndBuild("b");
        await server.Services.GetRequiredService<DeliveryPump>().RunOnce();

        Assert.Equal(Few, server.B.Bpjs.Counts.Bookings);
        Assert.Equal(1, await server.Scalar("select count(*) from platform.breakers where name = 'bpjs:a' and state = 'OPEN'"));
        Assert.Equal(1, await server.Scalar("select count(*) from platform.breakers where name = 'bpjs:b' and state = 'CLOSED'"));
    }

    [Fact]
    public async Task The_same_visit_number_in_two_hospitals_is_two_visits()
    {
        await using var server = await Server.Open();
        await server.A.Register(1);
        await server.B.Register(1);
        await server.PollAndBuild("a");
        await server.PollAndBuild("b");
        await server.Services.GetRequiredService<DeliveryPump>().RunOnce();

        Assert.Equal(2, await server.Scalar("select count(*) from antrean.visits"));
        Assert.Equal((1, 1), (server.A.Bpjs.Counts.Bookings, server.B.Bpjs.Counts.Bookings));
    }

    private static async Task Until(Func<bool> holds)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (!holds())
        {
            Assert.True(DateTime.UtcNow < deadline, "it did not happen within 30 s");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Server : IAsyncDisposable
    {
        private Server(TestDatabase database, OneHospital a, OneHospital b)
        {
            (Database, A, B) = (database, a, b);
            var configuration = Surroundings.Configuration(a.Settings("a").Concat(b.Settings("b")));
            Services = new ServiceCollection()
                .AddSingleton<IConfiguration>(configuration)
                .AddLogging()
                .AddSingleton(database.App)
                .AddSingleton<TimeProvider>(new BusinessClock())
                .AddSingleton<Func<KhanzaOptions, DbDataSource>>(_ => khanza => (khanza.Database == "a" ? a : b).Connect())
                .AddAntrean(configuration)
                .BuildServiceProvider();
        }

        public OneHospital A { get; }

        public OneHospital B { get; }

        public ServiceProvider Services { get; }

        private TestDatabase Database { get; }

        public static async Task<Server> Open()
        {
            var server = new Server(await TestDatabase.Create(), await OneHospital.Open(), await OneHospital.Open());
            await server.Services.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
            return server;
        }

        public async Task PollAndBuild(string site)
        {
            await Services.GetRequiredService<PollKhanza>().RunOnce(site, CancellationToken.None);
            await Services.GetRequiredService<BuildQueue>().RunOnce(site, CancellationToken.None);
        }

        public async Task<long> Scalar(string sql)
        {
            await using var command = Database.App.CreateCommand(sql);
            return (long)(await command.ExecuteScalarAsync())!;
        }

        public async ValueTask DisposeAsync()
        {
            await Services.DisposeAsync();
            await A.DisposeAsync();
            await B.DisposeAsync();
            await Database.DisposeAsync();
        }
    }

    private sealed class OneHospital(MariaDbTestDatabase khanza, BpjsSimulator bpjs) : IAsyncDisposable
    {
        private const string Masters = """
            insert into penjab (kd_pj, png_jawab) values ('UMU', 'Umum');
            insert into poliklinik (kd_poli, nm_poli) values ('101', 'Poli Anak');
            insert into dokter (kd_dokter, nm_dokter) values ('D001', 'dr. Satu');
            insert into jadwal (kd_dokter, hari_kerja, jam_mulai, jam_selesai, kd_poli, kuota) values ('D001', 'SELASA', '07:00', '14:00', '101', 500);
            insert into maping_poli_bpjs (kd_poli_rs, kd_poli_bpjs, nm_poli_bpjs) values ('101', 'ANA', 'ANAK');
            insert into maping_dokter_dpjpvclaim (kd_dokter, kd_dokter_bpjs, nm_dokter_bpjs) values ('D001', '292667', 'dr. Satu');
            """;

        public BpjsSimulator Bpjs => bpjs;

        public bool IsDown { get; set; }

        public static async Task<OneHospital> Open()
        {
            var (khanza, bpjs) = await Surroundings.Open(Masters, new BusinessClock());
            return new OneHospital(khanza, bpjs);
        }

        public MariaDbDataSource Connect() => new MariaDbDataSource(IsDown ? khanza.ReaderOptions with { Port = 1 } : khanza.ReaderOptions);

        public Task Register(int visits) => khanza.Execute($"""
            insert into pasien (no_rkm_medis, nm_pasien, no_ktp, no_tlp, kd_pj, no_peserta)
            select lpad(seq, 6, '0'), concat('CONTOH ', seq), lpad(seq, 16, '3'), '0812', 'UMU', '-' from seq_1_to_{visits};
            insert into reg_periksa (no_reg, no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, stts, stts_daftar, status_lanjut, kd_pj)
            select lpad(seq, 3, '0'), concat('2026/01/20/', lpad(seq, 6, '0')), '2026-01-20', '07:00:00', 'D001', lpad(seq, 6, '0'), '101', 'Belum', 'Lama', 'Ralan', 'UMU'
            from seq_1_to_{visits};
            """);

        public IEnumerable<KeyValuePair<string, string?>> Settings(string code) =>
            Surroundings.Sending(code, bpjs, new Dictionary<string, string?> { ["Khanza:Database"] = code, ["Bpjs:MaxConcurrent"] = "64" });

        public async ValueTask DisposeAsync()
        {
            await bpjs.DisposeAsync();
            await khanza.DisposeAsync();
        }
    }
}
