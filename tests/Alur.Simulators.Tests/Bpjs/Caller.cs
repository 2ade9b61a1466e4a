using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Simulators.Bpjs;

namespace Alur.Simulators.Tests.Bpjs;

/// <summary>Somebody who knows the rules of BPJS's interface and nothing of our bridge, at 07:00 on a working day.</summary>
internal sealed class Caller : IAsyncDisposable
{
    public static readonly DateTimeOffset Morning = new(2026, 11, 20, 7, 0, 0, TimeSpan.FromHours(7));
    private static readonly BpjsSimulatorOptions s_known = new();

    private readonly HttpClient _http = new();

    private Caller(BpjsSimulator simulator) => Simulator = simulator;

    public BpjsSimulator Simulator { get; }

    public HttpClient Http => _http;

    public static async Task<Caller> Start(BpjsSimulatorOptions? options = null)
    {
        var caller = new Caller(await BpjsSimulator.Start(options ?? s_known));
        caller.Simulator.SetHospitalClock(Morning);
        return caller;
    }

    public static long Ms(int hour, int minute, int day = 20) => new DateTimeOffset(2026, 11, day, hour, minute, 0, TimeSpan.FromHours(7)).ToUnixTimeMilliseconds();

    public static JsonObject Booking(string kodebooking) => new()
    {
        ["kodebooking"] = kodebooking, ["jenispasien"] = "JKN", ["nomorkartu"] = "0009999000022", ["nik"] = "9999000000000022", ["nohp"] = "08000002222",
        ["kodepoli"] = "ANA", ["namapoli"] = "Anak", ["pasienbaru"] = 0, ["norm"] = "000022", ["tanggalperiksa"] = "2026-11-20", ["kodedokter"] = 900002,
        ["namadokter"] = "dr. Contoh", ["jampraktek"] = "08:00-12:00", ["jeniskunjungan"] = 3, ["nomorreferensi"] = "9999R0011126K000022", ["nomorantrean"] = "ANA-002",
        ["angkaantrean"] = 2, ["estimasidilayani"] = Ms(8, 20), ["sisakuotajkn"] = 28, ["kuotajkn"] = 30, ["sisakuotanonjkn"] = 28, ["kuotanonjkn"] = 30, ["keterangan"] = "",
    };

    public Task<(HttpStatusCode Http, int Code, string Message)> Add(string kodebooking, Action<JsonObject>? change = null)
    {
        var body = Booking(kodebooking);
        change?.Invoke(body);
        return Post("antrean/add", body);
    }

    public Task<(HttpStatusCode Http, int Code, string Message)> Tell(string kodebooking, JsonNode? taskid, JsonNode? waktu) =>
        Post("antrean/updatewaktu", new JsonObject { ["kodebooking"] = kodebooking, ["taskid"] = taskid, ["waktu"] = waktu });

    public async Task<(HttpStatusCode Http, int Code, string Message)> Post(string path, JsonNode body, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Simulator.Url}/{path}") { Content = JsonContent.Create(body) };
        Sign(request);
        change?.Invoke(request);
        using var response = await _http.SendAsync(request);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var metadata = answer.RootElement.GetProperty("metadata");
        return (response.StatusCode, metadata.GetProperty("code").GetInt32(), metadata.GetProperty("message").GetString()!);
    }

    public static void Sign(HttpRequestMessage request, DateTimeOffset? at = null)
    {
        var timestamp = (at ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(s_known.SecretKey), Encoding.UTF8.GetBytes($"{s_known.ConsId}&{timestamp}"));
        request.Headers.Add("X-cons-id", s_known.ConsId);
        request.Headers.Add("X-timestamp", timestamp);
        request.Headers.Add("X-signature", Convert.ToBase64String(mac));
        request.Headers.Add("user_key", s_known.UserKey);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Simulator.DisposeAsync();
    }
}
