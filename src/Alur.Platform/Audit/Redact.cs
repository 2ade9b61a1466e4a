using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Web;

namespace Alur.Platform.Audit;

/// <summary>
/// Makes values fit to be kept for years: whatever is named like a secret is replaced, at every depth, so that one sees that it changed and not
/// what it is. Names decide, because a value cannot tell what it opens.
/// </summary>
internal static class Redact
{
    public const string Mark = "[redacted]";

    // Compared without case, hyphens and underscores: key_hash, KeyHash and key-hash are one name.
    private static readonly string[] Secret =
        ["password", "passphrase", "passwd", "secret", "credential", "token", "apikey", "userkey", "privatekey", "authorization", "cookie", "totp", "recoverycode", "hash"];

    /// <summary>The values as JSON text without secrets; null for null.</summary>
    public static string? Json(object? values)
    {
        if (values is null) return null;
        var node = values as JsonNode ?? JsonSerializer.SerializeToNode(values, WebJson.Results);
        return Delivery.StorableText.Json(Clean(node)?.ToJsonString(WebJson.Results));
    }

    public static bool IsSecret(string name)
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return Secret.Any(word => plain.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    private static JsonNode? Clean(JsonNode? node) => node switch
    {
        JsonObject parent => new JsonObject(parent.Select(member => KeyValuePair.Create(
            member.Key, member.Value is not null && IsSecret(member.Key) ? JsonValue.Create(Mark) : Clean(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Clean)]),
        _ => node?.DeepClone(),
    };
}
