using System.Text.Json.Nodes;

namespace Alur.Testing;

/// <summary>The names in a JSON document, at every depth.</summary>
public static class JsonNames
{
    /// <summary>What programs are promised of the API and of the verbs: <c>held_by_reason</c>.</summary>
    public const string Promised = "^[a-z0-9]+(_[a-z0-9]+)*$";

    public static IEnumerable<string> Of(JsonNode? node) => node switch
    {
        JsonObject parent => parent.SelectMany(member => Of(member.Value).Prepend(member.Key)),
        JsonArray items => items.SelectMany(Of),
        _ => [],
    };
}
