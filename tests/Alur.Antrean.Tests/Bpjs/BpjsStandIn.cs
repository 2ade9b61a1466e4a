using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Sites;
using Alur.Simulators.Bpjs;

namespace Alur.Antrean.Tests.Bpjs;

/// <summary>A BPJS stand-in on loopback, where it is 07:00 on a working day, and a client with the right account.</summary>
internal sealed class BpjsStandIn : IAsyncDisposable
{
    public static readonly DateOnly Today = new(2026, 11, 20);

    private BpjsStandIn(BpjsSimulator simulator, BpjsClient client) => (Simulator, Client) = (simulator, client);

    public BpjsSimulator Simulator { get; }

    public BpjsClient Client { get; }

    public static async Task<BpjsStandIn> Start(BpjsSimulatorOptions? options = null, Action<BpjsOptions>? configure = null)
    {
        var simulator = await BpjsSimulator.Start(options ?? new());
        simulator.SetHospitalClock(At(7, 0));
        return new(simulator, new BpjsClient(OptionsFor(simulator, configure)));
    }

    public static BpjsOptions OptionsFor(BpjsSimulator simulator, Action<BpjsOptions>? configure = null)
    {
        var known = new BpjsSimulatorOptions();
        var options = new BpjsOptions { BaseUrl = simulator.Url, ConsId = known.ConsId, SecretKey = known.SecretKey, UserKey = known.UserKey, TimeoutSeconds = 5 };
        configure?.Invoke(options);
        return options;
    }

    /// <summary>A time of today in Western Indonesia.</summary>
    public static DateTimeOffset At(int hour, int minute, int second = 0) => new(Today, new TimeOnly(hour, minute, second), TimeSpan.FromHours(7));

    /// <summary>A complete booking; <paramref name="change"/> spoils it.</summary>
    public static string Booking(string kodebooking, Action<JsonObject>? change = null)
    {
        var body = new JsonObject
        {
            ["kodebooking"] = kodebooking, ["jenispasien"] = "JKN", ["nomorkartu"] = "0009999000011", ["nik"] = "9999000000000011", ["nohp"] = "08000001111",
            ["kodepoli"] = "INT", ["namapoli"] = "Penyakit Dalam", ["pasienbaru"] = 0, ["norm"] = "000011", ["tanggalperiksa"] = "2026-11-20",
            ["kodedokter"] = 900001, ["namadokter"] = "dr. Contoh", ["jampraktek"] = "08:00-16:00", ["jeniskunjungan"] = 1, ["nomorreferensi"] = "9999R0011126B000011",
            ["nomorantrean"] = "INT-001", ["angkaantrean"] = 1, ["estimasidilayani"] = At(8, 10).ToUnixTimeMilliseconds(),
            ["sisakuotajkn"] = 59, ["kuotajkn"] = 60, ["sisakuotanonjkn"] = 59, ["kuotanonjkn"] = 60, ["keterangan"] = "Harap datang lebih awal.",
        };
        change?.Invoke(body);
        return body.ToJsonString();
    }

    public async Task Register(string kodebooking, Action<JsonObject>? change = null) =>
        Assert.Equal("200", (await Client.Add(Booking(kodebooking, change), CancellationToken.None)).Code);

    public async Task Tell(string kodebooking, int task, DateTimeOffset waktu) =>
        Assert.Equal("200", (await Client.UpdateWaktu(kodebooking, task, waktu, CancellationToken.None)).Code);

    public static string Job(string kodebooking, int task, DateTimeOffset waktu) => JsonSerializer.Serialize(new
    {
        endpoint = "antrean/updatewaktu",
        task = $"{task}",
        body = new { kodebooking, taskid = task, waktu = waktu.ToUnixTimeMilliseconds() },
        waktu = waktu.UtcDateTime,
    });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
    }
}
