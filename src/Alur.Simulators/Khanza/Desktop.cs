using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Alur.Simulators.Khanza;

/// <summary>Where the hospital's desktop reaches BPJS, and as whom.</summary>
public sealed record DesktopOptions(Uri Bpjs, string ConsId, string Secret, string UserKey);

/// <summary>
/// The hospital's own desktop: tells BPJS of an on-site BPJS patient's booking while the SEP is made. It signs with code of
/// its own, written from the public rule, so that a mistake in the bridge's signature cannot hide here.
/// </summary>
internal sealed class Desktop(HttpClient http, DesktopOptions options)
{
    /// <summary>One try. True: BPJS has the booking (accepted, or it was there already).</summary>
    public async Task<bool> AddBooking(PlannedVisit visit, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Bpjs.ToString().TrimEnd('/') + "/antrean/add"));
            Sign(request, DateTimeOffset.UtcNow);
            request.Content = JsonContent.Create(Booking(visit));
            using var response = await http.SendAsync(request, ct);
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct));
            return IsTold(answer.RootElement);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // No answer that can be read: the clerk presses the button again a minute later.
            return false;
        }
    }

    /// <summary>The office has filed the hospital's clinics, doctors and hours; done before the day, and not through the interface of bookings.</summary>
    public async Task FileHfis(HospitalDay day, CancellationToken ct)
    {
        using var response = await http.PutAsJsonAsync(new Uri(options.Bpjs, "/_control/hfis"), Khanza.FileHfis.Of(day), ct);
        response.EnsureSuccessStatusCode();
    }

    // An acknowledgement of add is metadata alone; a 200 that brings a text nobody can read is a broken answer, not a yes.
    private static bool IsTold(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object
        && answer.TryGetProperty("metadata", out var metadata)
        && metadata.TryGetProperty("code", out var code)
        && code.ToString() is "200" or "208"
        && !(answer.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.String);

    private void Sign(HttpRequestMessage request, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.Secret), Encoding.UTF8.GetBytes($"{options.ConsId}&{timestamp}"));
        request.Headers.Add("X-cons-id", options.ConsId);
        request.Headers.Add("X-timestamp", timestamp);
        request.Headers.Add("X-signature", Convert.ToBase64String(signature));
        request.Headers.Add("user_key", options.UserKey);
        request.Headers.Add("X-Alur-Sender", "desktop");
    }

    private static Dictionary<string, object> Booking(PlannedVisit v)
    {
        var number = int.Parse(v.NoReg, CultureInfo.InvariantCulture);
        return new()
        {
            ["kodebooking"] = v.Kodebooking,
            ["jenispasien"] = "JKN",
            ["nomorkartu"] = v.Patient.Card,
            ["nik"] = v.Patient.Nik,
            ["nohp"] = v.Patient.Phone,
            ["kodepoli"] = v.Clinic.BpjsCode ?? "",
            ["namapoli"] = v.Clinic.Name,
            ["pasienbaru"] = 0,
            ["norm"] = v.Patient.NoRkmMedis,
            ["tanggalperiksa"] = v.ServiceDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["kodedokter"] = int.Parse(v.Doctor.BpjsCode!, CultureInfo.InvariantCulture),
            ["namadokter"] = v.Doctor.Name,
            ["jampraktek"] = StepTexts.Hours(v),
            ["jeniskunjungan"] = v.HasControlLetter ? 3 : 1,
            ["nomorreferensi"] = v.HasControlLetter ? StepTexts.ControlLetter(v) : v.Reference,
            ["nomorantrean"] = $"{v.Clinic.BpjsCode}-{v.NoReg}",
            ["angkaantrean"] = number,
            ["estimasidilayani"] = long.Parse(StepTexts.Estimate(v), CultureInfo.InvariantCulture),
            ["sisakuotajkn"] = Math.Max(0, 60 - number),
            ["kuotajkn"] = 60,
            ["sisakuotanonjkn"] = Math.Max(0, 60 - number),
            ["kuotanonjkn"] = 60,
            ["keterangan"] = "Peserta harap 30 menit lebih awal guna pencatatan administrasi.",
        };
    }
}
