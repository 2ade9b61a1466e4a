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

    /// <summary>
    /// The beginning of the answer as a JSON string, whatever it says: as JSON of its own, a few letters of it could be a number of megabytes, or nothing that can be stored.
    /// Null for an empty one. Never throws: what was said decides nothing.
    /// </summary>
    public static string? Keep(string said) => said.Length == 0 ? null : JsonSerializer.Serialize(Cut(WithoutSecrets(said)));

    private static string WithoutSecrets(string said)
    {
        try
        {
            return Secret().Replace(OutsideText.Clean(Parsed(said) ?? Member().Replace(said, Masked)), Redact.Mark);
        }
        catch (RegexMatchTimeoutException)
        {
            return "(unreadable)";
        }
    }

    private static string? Parsed(string said)
    {
        try
        {
            return Redact.Json(JsonNode.Parse(said));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null; // no JSON, half of a surrogate pair, or the same name twice
        }
    }

    private static string Masked(Match member) => Redact.IsSecret(member.Groups["name"].Value) ? $"\"{member.Groups["name"].Value}\":\"{Redact.Mark}\"" : member.Value;

    private static string Cut(string text) => text.Length <= Longest ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)}…";

    [GeneratedRegex("whsec_[A-Za-z0-9+/=_-]+", RegexOptions.None, 1000)]
    private static partial Regex Secret();

    // A text under a name, as JSON has it, also where the whole is none: broken, cut off, or saying a thing twice.
    [GeneratedRegex(@"""(?<name>[^""\\]{1,100})""\s{0,10}:\s{0,10}""([^""\\]|\\.)*""?", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Member();
}
