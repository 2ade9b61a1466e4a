using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alur.Testing;

/// <summary>Holds values against a schema of an OpenAPI document: as much of JSON Schema as ours uses, and a word that it does not know is a mistake.</summary>
public sealed class Schema(JsonNode document)
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "$ref", "type", "properties", "required", "additionalProperties", "items", "allOf", "oneOf", "anyOf", "enum", "format", "description", "minimum", "maximum",
        "minLength", "maxLength", "default", "pattern", "title",
    };

    /// <summary>What does not fit, each with its place; empty: all of it fits.</summary>
    public IReadOnlyList<string> Misfits(JsonNode schema, JsonNode? value) => [.. Find(Resolve(schema), value, "$")];

    /// <summary>The schema itself, where a name stands for it.</summary>
    public JsonObject Resolve(JsonNode schema)
    {
        while (schema["$ref"] is { } reference)
        {
            schema = ((string)reference!).Split('/')[1..].Aggregate(document, (node, part) => node[part]!);
        }

        return schema.AsObject();
    }

    private IEnumerable<string> Find(JsonObject schema, JsonNode? value, string place)
    {
        foreach (var word in schema.Select(member => member.Key).Where(word => !Known.Contains(word))) yield return $"{place}: the schema says '{word}', which nobody checks";
        if (schema["type"] is { } type && !Types(type).Any(name => Is(name, value))) yield return $"{place}: {value?.ToJsonString() ?? "null"} is not {type.ToJsonString()}";
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value))) yield return $"{place}: {value?.ToJsonString()} is none of {words.ToJsonString()}";
        if (schema["format"] is { } format && value is JsonValue text && text.GetValueKind() == JsonValueKind.String && !HasFormat((string)format!, (string)text!)) yield return $"{place}: {value} is no {format}";
        if (schema["oneOf"] is JsonArray one && one.Count(way => !Find(Resolve(way!), value, place).Any()) != 1) yield return $"{place}: fits not exactly one way";
        if (schema["anyOf"] is JsonArray any && any.All(way => Find(Resolve(way!), value, place).Any())) yield return $"{place}: fits in no way";
        var inner = (schema["allOf"] as JsonArray ?? []).SelectMany(part => Find(Resolve(part!), value, place)).Concat(Inside(schema, value, place));
        foreach (var misfit in inner) yield return misfit;
    }

    private IEnumerable<string> Inside(JsonObject schema, JsonNode? value, string place) => value switch
    {
        JsonArray list when schema["items"] is { } items => list.SelectMany((item, i) => Find(Resolve(items), item, $"{place}[{i}]")),
        JsonObject members => Members(schema, members, place),
        _ => [],
    };

    private IEnumerable<string> Members(JsonObject schema, JsonObject value, string place)
    {
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(name => (string)name!).Where(name => !value.ContainsKey(name))) yield return $"{place}.{name} is not there";
        foreach (var (name, member) in value)
        {
            var declared = schema["properties"]?[name] ?? schema["additionalProperties"];
            if (declared is JsonValue never && never.GetValueKind() == JsonValueKind.False) yield return $"{place}.{name} is not declared";
            if (declared is not JsonObject inner) continue;
            foreach (var misfit in Find(Resolve(inner), member, $"{place}.{name}")) yield return misfit;
        }
    }

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray several ? several.Select(t => (string)t!) : [(string)type!];

    private static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => long.TryParse(value!.ToJsonString(), CultureInfo.InvariantCulture, out _),
        _ => false,
    };

    private static bool HasFormat(string format, string value) => format switch
    {
        "date-time" => value.EndsWith('Z') && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _),
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "uuid" => Guid.TryParseExact(value, "D", out _),
        _ => throw new InvalidOperationException($"Nobody checks the format '{format}'."),
    };
}
