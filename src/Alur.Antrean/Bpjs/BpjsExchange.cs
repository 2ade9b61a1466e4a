using System.Text.Json;
using System.Text.Json.Nodes;
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
    public static Exchange Of(string body, BpjsReply reply, BpjsReply? listed) => new(
        reply.StartedAt,
        reply.Duration + (listed?.Duration ?? TimeSpan.Zero),
        reply.HttpCode,
        reply.Code is null ? null : Cut(Redaction.Text(reply.Code)),
        Message(reply),
        Redaction.Json(body),
        Response(reply, listed));

    /// <summary>Code and message in one line, such as <c>201 TaskId terakhir 4</c>.</summary>
    public static string Said(BpjsReply reply) => reply.Kind == ReplyKind.Envelope ? $"{Cut(Redaction.Text(reply.Code ?? ""))} {Message(reply)}".Trim() : Message(reply);

    private static string Message(BpjsReply reply) => Cut(Redaction.Text(reply.Message));

    private static string Cut(string text) => text.Length <= LongestMessage ? text : text[..(char.IsHighSurrogate(text[LongestMessage - 1]) ? LongestMessage - 1 : LongestMessage)];

    private static string? Response(BpjsReply reply, BpjsReply? listed)
    {
        if (reply.HttpCode is null)
        {
            return null;
        }

        var kept = new JsonObject { ["metadata"] = Metadata(reply) };
        if (Redacted(reply.Response) is { } response)
        {
            kept["response"] = response;
        }

        if (listed is not null)
        {
            kept["getlisttask"] = new JsonObject { ["metadata"] = Metadata(listed), ["response"] = Redacted(listed.Response) };
        }

        return kept.ToJsonString();
    }

    private static JsonObject Metadata(BpjsReply reply) => new() { ["code"] = reply.Code is null ? null : Cut(Redaction.Text(reply.Code)), ["message"] = Message(reply) };

    private static JsonNode? Redacted(JsonElement? response) => response is { } present ? JsonNode.Parse(Redaction.Json(present.GetRawText()) ?? "null") : null;
}
