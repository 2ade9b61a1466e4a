using System.Globalization;
using System.Text.Json;

namespace Alur.Platform.Journal;

/// <summary>
/// The part of JSON Schema that metadata needs: type, properties, required, additionalProperties, items, enum, minimum, maximum, minLength,
/// maxLength, minItems, maxItems, format (date, date-time, uuid); title, description and $comment are only read by people. Any other keyword
/// is refused when the type is registered: a rule that is not kept would be worse than none.
/// </summary>
internal sealed class MetadataSchema
{
    private static readonly string[] TypeNames = ["object", "array", "string", "number", "integer", "boolean", "null"];
    private static readonly string[] Formats = ["date", "date-time", "uuid"];

    private readonly Dictionary<string, MetadataSchema> _properties = new(StringComparer.Ordinal);
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private readonly List<string> _required = [];
    private readonly List<JsonElement> _enum = [];
    private readonly Dictionary<string, decimal> _limits = new(StringComparer.Ordinal);
    private MetadataSchema? _others;
    private MetadataSchema? _items;
    private bool _closed;
    private string? _format;

    private MetadataSchema(JsonElement schema, string at)
    {
        if (schema.ValueKind != JsonValueKind.Object) throw new FormatException($"{at} is not an object");
        foreach (var keyword in schema.EnumerateObject()) Read(keyword.Name, keyword.Value, $"{at}.{keyword.Name}");
    }

    /// <summary>Reads a schema.</summary>
    /// <exception cref="FormatException">It is not JSON, or uses what is not understood here.</exception>
    public static MetadataSchema Parse(string schema)
    {
        try
        {
            using var document = JsonDocument.Parse(schema);
            return new MetadataSchema(document.RootElement.Clone(), "schema");
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>What is wrong with it first, by path and rule and never by value; null: nothing.</summary>
    public string? Mistake(JsonElement value, string at)
    {
        if (_types.Count > 0 && !_types.Contains(TypeOf(value)) && !(_types.Contains("number") && TypeOf(value) == "integer"))
            return $"{at} must be {string.Join(" or ", _types)}";
        if (_enum.Count > 0 && !_enum.Exists(allowed => JsonElement.DeepEquals(allowed, value))) return $"{at} is none of the allowed values";
        return value.ValueKind switch
        {
            JsonValueKind.Object => InObject(value, at),
            JsonValueKind.Array => InArray(value, at),
            JsonValueKind.String => InString(value.GetString()!, at),
            JsonValueKind.Number => OutOfRange(value, at),
            _ => null,
        };
    }

    private string? InObject(JsonElement value, string at)
    {
        foreach (var name in _required)
        {
            if (!value.TryGetProperty(name, out _)) return $"{at}.{name} is missing";
        }

        foreach (var property in value.EnumerateObject())
        {
            var known = _properties.TryGetValue(property.Name, out var schema);
            if (!known && _closed) return $"{at} has a property that is not in the schema";
            if ((known ? schema : _others)?.Mistake(property.Value, known ? $"{at}.{property.Name}" : $"{at}.*") is { } mistake) return mistake;
        }

        return null;
    }

    private string? InArray(JsonElement value, string at)
    {
        if (Outside(value.GetArrayLength(), "minItems", "maxItems")) return $"{at} has too few or too many items";
        return _items is null ? null : value.EnumerateArray().Select((item, i) => _items.Mistake(item, string.Create(CultureInfo.InvariantCulture, $"{at}[{i}]"))).FirstOrDefault(m => m is not null);
    }

    private string? InString(string value, string at)
    {
        if (Outside(value.EnumerateRunes().Count(), "minLength", "maxLength")) return $"{at} is too short or too long";
        return _format is null || Fits(value, _format) ? null : $"{at} is not a {_format}";
    }

    // Beyond a decimal's range a double decides: no limit that anybody writes is out there.
    private string? OutOfRange(JsonElement value, string at)
    {
        var number = value.TryGetDecimal(out var exact) ? exact : value.GetDouble() > 0 ? decimal.MaxValue : decimal.MinValue;
        return Outside(number, "minimum", "maximum") ? $"{at} is too small or too large" : null;
    }

    private bool Outside(decimal value, string least, string most) =>
        (_limits.TryGetValue(least, out var min) && value < min) || (_limits.TryGetValue(most, out var max) && value > max);

    private static bool Fits(string value, string format) => format switch
    {
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => value.Length >= 20 && value[10] is 'T' or 't' && HasOffset(value) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
    };

    private static bool HasOffset(string value) => value[^1] is 'Z' or 'z' || value[^6] is '+' or '-';

    private void Read(string keyword, JsonElement value, string at)
    {
        switch (keyword)
        {
            case "title" or "description" or "$comment":
                break;
            case "type":
                _types.UnionWith(Strings(value, at, TypeNames));
                break;
            case "required":
                _required.AddRange(Strings(value, at, allowed: null));
                break;
            case "enum" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0:
                _enum.AddRange(value.EnumerateArray());
                break;
            case "format":
                _format = Strings(value, at, Formats).Single();
                break;
            case "minimum" or "maximum" or "minLength" or "maxLength" or "minItems" or "maxItems" when value.ValueKind == JsonValueKind.Number:
                _limits[keyword] = value.GetDecimal();
                break;
            default:
                ReadNested(keyword, value, at);
                break;
        }
    }

    private void ReadNested(string keyword, JsonElement value, string at)
    {
        switch (keyword)
        {
            case "properties" when value.ValueKind == JsonValueKind.Object:
                foreach (var property in value.EnumerateObject()) _properties[property.Name] = new MetadataSchema(property.Value, $"{at}.{property.Name}");
                break;
            case "items":
                _items = new MetadataSchema(value, at);
                break;
            case "additionalProperties" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                _closed = value.ValueKind == JsonValueKind.False;
                break;
            case "additionalProperties":
                _others = new MetadataSchema(value, at);
                break;
            default:
                throw new FormatException($"{at} is not understood");
        }
    }

    private static IEnumerable<string> Strings(JsonElement value, string at, string[]? allowed)
    {
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return Array.TrueForAll(items, i => i.ValueKind == JsonValueKind.String && (allowed is null || allowed.Contains(i.GetString())))
            ? items.Select(i => i.GetString()!)
            : throw new FormatException($"{at} is not understood");
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => IsInteger(value) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    private static bool IsInteger(JsonElement value) =>
        value.TryGetDecimal(out var number) ? number == decimal.Truncate(number) : value.GetDouble() is var large && Math.Floor(large) == large;
}
