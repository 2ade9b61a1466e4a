using System.Text.Json;
using Alur.Antrean.Bpjs;

namespace Alur.Fuzzing.Bpjs;

/// <summary>Payloads of jobs, and what is kept of a call about a patient.</summary>
internal static class JobTargets
{
    private static readonly string[] Names = ["endpoint", "body", "task", "waktu", "taskid", "kodebooking", "antrean/add", "antrean/updatewaktu"];

    private static readonly string[] Words = ["Rujukan tidak valid", "sudah terdaftar", "atas nama", "Nomor kartu", "peserta", "tanggal 2026-01-20"];

    /// <summary>A payload is read exactly or not at all.</summary>
    public static FuzzTarget Jobs { get; } = FuzzTarget.OfText(
        "bpjs-jobs",
        draw => draw.Once(3) ? draw.Json(4, Names) : draw.Damage(Payload(draw)),
        payload =>
        {
            if (!BpjsJob.TryRead(payload, out var job))
            {
                return;
            }

            using var document = JsonDocument.Parse(payload);
            var body = document.RootElement.GetProperty("body");
            Claim.Equal(body.GetRawText(), job.Body, "the body is sent as it stands");
            Claim.That(job.Endpoint.Length > 0 && job.Label.Length > 0, "a job has an address and a name");
            Claim.That(job.Waktu is null || body.GetProperty("waktu").GetInt64() == job.Waktu.Value.ToUnixTimeMilliseconds(), "the moment is exact", job.Waktu);
        });

    /// <summary>Whatever BPJS says about a patient in words of its own, nothing of the patient is in what is kept.</summary>
    public static FuzzTarget Kept { get; } = FuzzTarget.Of("bpjs-kept", Call.Make, Smaller.By<Call>(call => call.Noise, (call, noise) => call with { Noise = noise }), call =>
    {
        var request = call.Request();
        var patient = Redaction.PatientOf(request);
        var said = call.Said();
        var answer = JsonSerializer.Serialize(new { metadata = new { code = 201, message = said }, response = new { nama = call.Name, status = said } });
        var kept = BpjsExchange.Of(request, ReadReply.From(200, answer, _ => null), listed: null, patient);
        foreach (var text in new[] { kept.Message, BpjsExchange.Said(ReadReply.From(200, answer, _ => null), patient) }.Concat(StringsOf(kept.Request)).Concat(StringsOf(kept.Response)))
        {
            Claim.That(!text!.Contains(call.Name, StringComparison.OrdinalIgnoreCase), "the name is masked", text);
            var digits = string.Concat(text.Where(c => c is not (' ' or '-' or '.')));
            Claim.That(new[] { call.Nik, call.Card, call.Phone[1..] }.All(number => !digits.Contains(number, StringComparison.Ordinal)), "numbers are masked", text);
        }
    });

    private static IEnumerable<string> StringsOf(string? json)
    {
        using var document = JsonDocument.Parse(json ?? "null");
        return [.. Storable.Strings(document.RootElement)];
    }

    private static string Payload(Draw draw) =>
        $$"""{"endpoint":"antrean/updatewaktu","task":"{{draw.Int(1, 7)}}","waktu":"x","body":{"kodebooking":{{draw.JsonString(draw.Text(20))}},"taskid":{{draw.Number()}},"waktu":{{draw.Number()}}""" + "}}";

    private sealed record Call(string Name, string Nik, string Card, string Phone, int Form, string Noise)
    {
        public static Call Make(Draw draw) => new(
            string.Join(draw.Pick(" ", "  "), Enumerable.Range(0, draw.Int(1, 3)).Select(_ => draw.Pick("Siti", "Budi", "O'Brien", "Nur'aini", "Ahmad", "D’Souza", "Müller", "Ign.", "dr. Ani", "(Alm)"))),
            draw.Digits(16), draw.Digits(13), "08" + draw.Int(1, 9) + draw.Digits(draw.Int(7, 9)), draw.Random.Next(), draw.Text(30));

        public string Request() => JsonSerializer.Serialize(new { kodebooking = "20260120A001", nama = Name, nik = Nik, nomorkartu = Card, nohp = Phone, norm = "012345" });

        public string Said()
        {
            var draw = new Draw(Form);
            var phone = draw.Random.Next(4) switch { 0 => "62" + Phone[1..], 1 => "+62 " + Phone[1..], 2 => $"{Phone[..4]}-{Phone[4..8]}-{Phone[8..]}", _ => Phone };
            var name = draw.Random.Next(3) switch { 0 => Name.ToUpperInvariant(), 1 => Name.ToLowerInvariant(), _ => Name };
            var around = draw.Pick((" ", " "), ("'", "'"), ("(", ")"), (": ", ", "), ("=", ";"), ("\"", "\""), (" ", "."), ("/ ", " /"));
            return $"{Noise} {draw.Pick(Words)} {around.Item1}{draw.Pick(name, Nik, Card, phone)}{around.Item2} {draw.Pick(Words)}";
        }
    }
}
