using Alur.Antrean.Bpjs;
using FsCheck;
using FsCheck.Fluent;

namespace Alur.Antrean.Tests.Bpjs;

public sealed class ReadReplyTests
{
    private static readonly Config s_small = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Theory]
    [InlineData("""{"metadata":{"code":200,"message":"Ok"}}""")]
    [InlineData("""{"metadata":{"code":"200","message":"Ok"},"response":null}""")]
    [InlineData("""{"metaData":{"code":" 200 ","message":"Ok"},"response":""}""")]
    [InlineData("""{"MetaData":{"Code":200,"Message":"Ok"}}""")]
    [InlineData("\uFEFF\r\n{\"response\":null,\"metadata\":{\"message\":\"Ok\",\"code\":200}}\n")]
    public void Every_spelling_of_the_envelope_is_read(string body)
    {
        var reply = Read(200, body);

        Assert.Equal((ReplyKind.Envelope, "200", "Ok"), (reply.Kind, reply.Code, reply.Message));
        Assert.Null(reply.Response);
    }

    [Theory]
    [InlineData("""{"metadata":{"code":200,"message":"Ok"},"response":{"list":[]}}""", """{"list":[]}""")]
    [InlineData("""{"metadata":{"code":200,"message":"Ok"},"response":[1]}""", "[1]")]
    [InlineData("""{"metadata":{"code":200,"message":"Ok"},"response":"sealed"}""", """{"opened":"sealed"}""")]
    public void Only_a_response_that_is_a_string_is_decrypted(string body, string response) =>
        Assert.Equal(response, Read(200, body).Response!.Value.GetRawText());

    [Theory]
    [InlineData(200, "", "Empty")]
    [InlineData(200, " \r\n", "Empty")]
    [InlineData(200, "<html><head><title>Maintenance</title>", "NotJson")]
    [InlineData(200, "Bad gateway", "NotJson")]
    [InlineData(200, """{"metadata":{"code":200,"mess""", "BadEnvelope")]
    [InlineData(200, """{"message":"no Route matched with those values"}""", "BadEnvelope")]
    [InlineData(200, """{"metadata":[]}""", "BadEnvelope")]
    [InlineData(200, """{"metadata":{"code":200},"response":"broken"}""", "Undecryptable")]
    [InlineData(500, """{"metadata":{"code":200,"message":"Ok"}}""", "ServerError")]
    [InlineData(503, "", "ServerError")]
    [InlineData(401, """{"message":"Unauthorized"}""", "Denied")]
    [InlineData(403, "<html>", "Denied")]
    [InlineData(429, "", "TooMany")]
    [InlineData(302, "", "Moved")]
    [InlineData(404, "<html>", "NoSuchPath")]
    [InlineData(404, """{"message":"no Route matched with those values"}""", "NoSuchPath")]
    [InlineData(405, "", "NoSuchPath")]
    [InlineData(404, """{"metadata":{"code":404,"message":"Gagal dicoba kembali"}}""", "Envelope")]
    public void An_answer_is_told_by_what_came(int http, string body, string kind) => Assert.Equal(kind, Read(http, body).Kind.ToString());

    /// <summary>Found by fuzzing: the first of two metadata was believed, a code could be an object, and packed text can hold what JSON cannot.</summary>
    [Theory]
    [InlineData("""{"metadata":{"code":200,"message":"Ok"},"metaData":{"code":500,"message":"Failed"}}""", "BadEnvelope")]
    [InlineData("""{"metadata":{"code":200,"Code":500}}""", "BadEnvelope")]
    [InlineData("""{"metadata":{"code":200},"response":[],"response":[{"taskid":3}]}""", "BadEnvelope")]
    [InlineData("""{"metadata":{"code":{"code":200}}}""", "BadEnvelope")]
    [InlineData("""{"metadata":{"code":true}}""", "BadEnvelope")]
    [InlineData("""{"metadata":{"code":200},"response":"half"}""", "Undecryptable")]
    [InlineData("""{"metadata":{"code":200},"response":"number"}""", "Undecryptable")]
    public void An_answer_that_contradicts_itself_is_no_answer(string body, string kind) =>
        Assert.Equal(kind, ReadReply.From(200, body, text => text == "half" ? "{\ud800}" : "7").Kind.ToString());

    [Theory]
    [InlineData(404, "200")]
    [InlineData(400, "208")]
    [InlineData(109, "201")]
    public void What_HTTP_says_was_not_served_is_no_success_whatever_its_body_says(int http, string code)
    {
        var reply = Read(http, "{\"metadata\":{\"code\":" + code + ",\"message\":\"No Content\"}}");

        Assert.All([BpjsCall.UpdateWaktu, BpjsCall.List], call => Assert.NotEqual(AnswerAction.Success, BpjsAnswers.ActionFor(BpjsAnswers.Classify(call, reply))));
        Assert.StartsWith($"HTTP {http}: {code}", BpjsExchange.Said(reply, patient: null), StringComparison.Ordinal);
    }

    [Fact]
    public void The_title_of_an_error_page_says_who_made_it() =>
        Assert.Equal("HTTP 502: a page 'Gateway Nginx' instead of JSON", Read(502, "<html><TITLE>Gateway\n  Nginx</title></html>").Message);

    [Fact]
    public void No_text_makes_the_reader_throw() =>
        Prop.ForAll<NonNull<string>, PositiveInt>((text, http) => Total(100 + (http.Get % 500), text.Get)).Check(s_small);

    [Fact]
    public void No_bytes_make_the_reader_throw() =>
        Prop.ForAll<byte[]>(bytes => Total(200, System.Text.Encoding.UTF8.GetString(bytes))).Check(s_small);

    [Fact]
    public void No_json_makes_the_reader_throw() =>
        Prop.ForAll(Arb.From(Json(depth: 4)), json => Total(200, json) && Total(404, $$"""{"metadata":{{json}}}""") && Total(200, $$"""{"metadata":{"code":{{json}},"message":{{json}}},"response":{{json}}}"""))
            .Check(s_small);

    /// <summary>Read, classify, redact and list: whatever came, each ends with a value.</summary>
    private static bool Total(int http, string body)
    {
        var reply = Read(http, body);
        var meaning = BpjsAnswers.Classify(BpjsCall.UpdateWaktu, reply);
        var kept = BpjsExchange.Of("{}", reply, reply, patient: null);
        _ = BpjsLists.Tasks(reply.Response);
        _ = BpjsLists.Bookings(reply.Response);
        return Enum.IsDefined(meaning) && kept.Response?.Contains('\0', StringComparison.Ordinal) != true;
    }

    private static BpjsReply Read(int http, string body) =>
        ReadReply.From(http, body, sealedText => sealedText == "sealed" ? """{"opened":"sealed"}""" : sealedText == "broken" ? "not json" : null);

    private static Gen<string> Json(int depth)
    {
        Gen<string> leaf = Gen.Elements("null", "true", "1", "-0.5e300", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "\"sealed\"", "\"broken\"", "123456789012345678901234567890", "\"201\"");
        if (depth == 0)
        {
            return leaf;
        }

        var inner = Json(depth - 1).ArrayOf(3);
        var names = Gen.Elements("metadata", "metaData", "code", "message", "response", "kodebooking", "taskid", "wakturs", "list", "\\ud800", "\\u0000", "nik").ArrayOf(3);
        return Gen.OneOf(
            leaf,
            inner.Select(items => $"[{string.Join(',', items)}]"),
            inner.SelectMany(items => names.Select(keys => $"{{{string.Join(',', keys.Zip(items, (key, item) => $"\"{key}\":{item}"))}}}")));
    }
}
