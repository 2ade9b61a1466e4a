using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Platform.Audit;
using Alur.Platform.Texts;

namespace Alur.Platform.Webhooks;

/// <summary>What is kept of a receiver's answer: enough to see why it refuses, without secrets that it may repeat.</summary>
internal static partial class ReceiverWords
{
    private const int Longest = 4096;

    /// <summary>As JSON text: the answer itself where it is JSON and short, else its beginning as a string; null for an empty one.</summary>
    public static string? Keep(string said)
    {
        if (said.Length == 0) return null;
        var text = Redacted(said);
        if (text is { Length: <= Longest }) return Secret().Replace(text, Redact.Mark);
        var plain = Secret().Replace(OutsideText.Clean(text ?? said), Redact.Mark);
        return JsonSerializer.Serialize(plain.Length <= Longest ? plain : plain[..Longest] + "…");
    }

    private static string? Redacted(string said)
    {
        try
        {
            return Redact.Json(JsonNode.Parse(said));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("whsec_[A-Za-z0-9+/=_-]+", RegexOptions.None, 1000)]
    private static partial Regex Secret();
}
