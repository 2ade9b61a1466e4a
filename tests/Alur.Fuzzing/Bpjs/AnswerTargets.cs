using System.Text.Json;
using Alur.Antrean.Bpjs;
using Alur.Simulators.Bpjs;

namespace Alur.Fuzzing.Bpjs;

/// <summary>BPJS's answers: envelope, code, response.</summary>
internal static class AnswerTargets
{
    private const string ConsId = "1000", Secret = "secret", Timestamp = "1768888000";

    private static readonly BpjsCall[] Calls = [BpjsCall.Add, BpjsCall.UpdateWaktu, BpjsCall.Batal, BpjsCall.FarmasiAdd, BpjsCall.List, BpjsCall.Reference];
    private static readonly string[] Names = ["metadata", "metaData", "code", "message", "response", "list", "kodebooking", "taskid", "wakturs", "nik", "nama"];

    private static readonly string[] Messages =
    [
        "Ok", "Sukses", "No Content", "Tidak ada data", "Gagal dicoba kembali", "Service Expired", "TaskId terakhir 4", "TaskId terakhir 99",
        "Antrean sudah ada", "Kode booking tidak ditemukan", "X-Timestamp tidak valid",
    ];

    /// <summary>Whatever comes has exactly one meaning, is a success only if it says so without contradiction, and what is kept of it can be stored.</summary>
    public static FuzzTarget Answers { get; } = FuzzTarget.Of(
        "bpjs-answers",
        draw => new Came(draw.Once(4) ? draw.Int(100, 599) : 200, draw.Pick(Calls), Body(draw)),
        Smaller.By<Came>(came => came.Body, (came, body) => came with { Body = body }),
        came =>
        {
            var reply = Read(came);
            var meaning = BpjsAnswers.Classify(came.Call, reply);
            var action = BpjsAnswers.ActionFor(meaning);
            Claim.That(Enum.IsDefined(meaning) && Enum.IsDefined(action), "an answer has a known meaning and a known action", meaning);
            if (action == AnswerAction.Success)
            {
                Claim.That(SaysSuccess.Of(came.Http, came.Call, came.Body, Open), "only what says success without contradiction is one", $"{meaning} {reply}");
            }

            var kept = BpjsExchange.Of("{}", reply, reply, patient: null);
            Claim.That(kept.Response is null || Storable.Json(kept.Response), "the answer that is kept is jsonb", kept.Response);
            Claim.That(!Storable.MovesAScreen.IsMatch($"{kept.Message}{kept.Code}{reply.Message}{reply.Code}"), "nothing that BPJS says moves a screen", kept.Message);
            Claim.That(Storable.Text(kept.Message ?? "") && Storable.Text(kept.Code ?? "") && kept.Message is null or { Length: <= 300 }, "code and message are storable and short", kept.Message);
        });

    /// <summary>An answer in any of the spellings in use is read as what it says.</summary>
    public static FuzzTarget Envelopes { get; } = FuzzTarget.Of(
        "bpjs-envelopes",
        Envelope.Make,
        Smaller.Not,
        sent =>
        {
            var reply = Read(new Came(200, BpjsCall.List, sent.Body));
            Claim.Equal((ReplyKind.Envelope, sent.Code, sent.Message), (reply.Kind, reply.Code, reply.Message), "kind, code and message are read");
            Claim.Equal(sent.Response, reply.Response?.GetRawText(), "the response is read");
        });

    private static string Body(Draw draw) => draw.Random.Next(6) switch
    {
        0 => draw.Text(200),
        1 => draw.Json(4, Names),
        2 => $$"""{"metadata":{"code":{{draw.Json(1, "200", "201", "208", "1")}},"message":{{draw.JsonString(draw.TextOr(Messages))}}},"response":{{draw.Json(3, Names)}}}""",
        3 => $"<html><title>{draw.Text()}</title>",
        _ => draw.Damage(Envelope.Make(draw).Body),
    };

    private static BpjsReply Read(Came came) => ReadReply.From(came.Http, came.Body, Open);

    private static string? Open(string response) => BpjsSecurity.Decrypt(response, ConsId, Secret, Timestamp);

    private sealed record Came(int Http, BpjsCall Call, string Body);

    /// <summary>A sound answer and what it says.</summary>
    private sealed record Envelope(string Body, string Code, string Message, string? Response)
    {
        public static Envelope Make(Draw draw)
        {
            var code = draw.Pick("200", "201", "208", "1", "204", "404", "500");
            var message = draw.Pick(Messages);
            var response = draw.Random.Next(4) switch
            {
                0 => null,
                1 => $$"""[{"kodebooking":"{{draw.Digits(8)}}A{{draw.Digits(3)}}","taskid":{{draw.Int(1, 7)}},"wakturs":"20-01-2026 08:0{{draw.Int(0, 9)}}:00 WIB"}]""",
                _ => $$"""{"list":[{"taskid":{{draw.Int(1, 7)}},"nama":{{JsonSerializer.Serialize(draw.Pick("Ani", "Budi"))}}}]}""",
            };
            var metadata = $"\"{draw.Pick("metadata", "metaData", "MetaData")}\":{{\"{draw.Pick("code", "Code")}\":{draw.Pick(code, $"\"{code}\"", $"\" {code} \"")},\"message\":{JsonSerializer.Serialize(message)}}}";
            var answered = $"\"response\":{response switch { null => draw.Pick("null", "\"\""), _ when draw.Once(2) => $"\"{Sealer.Seal(response, ConsId, Secret, Timestamp)}\"", _ => response }}";
            var body = draw.Once(2) ? $"{{{metadata},{answered}}}" : response is null ? $"{{{metadata}}}" : $"{{ {answered} , {metadata} }}";
            return new(draw.Pick("", "\ufeff", "\r\n") + body + draw.Pick("", "\n"), code, message, response);
        }
    }
}
