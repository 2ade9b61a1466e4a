using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Antrean.Sites;
using Alur.Platform.Delivery;

namespace Alur.Antrean.Bpjs;

/// <summary>What is kept of a call, redacted.</summary>
internal static class BpjsExchange
{
    private const int LongestMessage = 300;

    /// <summary>The record of one call.</summary>
    /// <param name="body">The request body as sent.</param>
    /// <param name="reply">Its answer.</param>
    /// <param name="listed">The look-up made to settle it, if one was.</param>
    /// <param name="patient">As <see cref="Redaction.PatientOf"/> gave it.</param>
    public static Exchange Of(string body, BpjsReply reply, BpjsReply? listed, Regex? patient) => new(
        reply.StartedAt,
        reply.Duration + (listed?.Duration ?? TimeSpan.Zero),
        reply.HttpCode,
        Code(reply, patient),
        Message(reply, patient),
        Redaction.Json(body),
        Response(reply, listed, patient));

    /// <summary>Code and message in one line, such as <c>201 TaskId terakhir 4</c>.</summary>
    public static string Said(BpjsReply reply, Regex? patient) =>
        reply.Kind != ReplyKind.Envelope ? Message(reply, patient)
        : $"{(reply.HttpCode is < 200 or >= 300 && reply.Code != reply.HttpCode.ToString() ? $"HTTP {reply.HttpCode}: " : "")}{Code(reply, patient)} {Message(reply, patient)}".Trim();

    /// <summary>BPJS's words are not ours: whatever they repeat, the account is not among what is kept or shown.</summary>
    public static string WithoutAccount(string said, BpjsOptions bpjs) =>
        new[] { bpjs.SecretKey, bpjs.UserKey, bpjs.ConsId }.OfType<string>().Where(s => s.Length > 3)
            .Aggregate(said, (text, secret) => text.Replace(secret, "***", StringComparison.OrdinalIgnoreCase));

    private static string? Code(BpjsReply reply, Regex? patient) => reply.Code is null ? null : Cut(Redaction.Text(reply.Code, patient));

    private static string Message(BpjsReply reply, Regex? patient) => Cut(Redaction.Text(reply.Message, patient));

    private static string Cut(string text) => text.Length <= LongestMessage ? text : text[..(char.IsHighSurrogate(text[LongestMessage - 1]) ? LongestMessage - 1 : LongestMessage)];

    private static string? Response(BpjsReply reply, BpjsReply? listed, Regex? patient)
    {
        if (reply.HttpCode is null)
        {
            return null;
        }

        var kept = new JsonObject { ["metadata"] = Metadata(reply, patient) };
        if (Redacted(reply.Response, patient) is { } response)
        {
            kept["response"] = response;
        }

        if (listed is not null)
        {
            kept["getlisttask"] = new JsonObject { ["metadata"] = Metadata(listed, patient), ["response"] = Redacted(listed.Response, patient) };
        }

        return kept.ToJsonString();
    }

    private static JsonObject Metadata(BpjsReply reply, Regex? patient) => new() { ["code"] = Code(reply, patient), ["message"] = Message(reply, patient) };

    private static JsonNode? Redacted(JsonElement? response, Regex? patient) =>
        response is { } present ? JsonNode.Parse(Redaction.Json(present.GetRawText(), patient) ?? "null") : null;
}
