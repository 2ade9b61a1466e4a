using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Alur.Platform.Web;

/// <summary>
/// How everything on the wire is written and read, and what verbs print: names in <c>snake_case</c>, as in the specified shape of a visit; times in UTC.
/// Reading is strict: a field that we do not know is refused, not ignored.
/// </summary>
public static class WebJson
{
    /// <summary>For results that are printed, and JSON that the database makes of our records.</summary>
    public static JsonSerializerOptions Results { get; } = Written(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>A time as every answer has it, for what is written by hand.</summary>
    internal static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset at) => json.WriteString(name, UtcTimeConverter.Text(at));

    internal static void Configure(JsonSerializerOptions options)
    {
        Written(options);
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.MaxDepth = 32;
        options.Converters.Add(new TextConverter());
    }

    private static JsonSerializerOptions Written(JsonSerializerOptions options)
    {
        // Readable text: answers are application/json with nosniff, or go to a terminal, and never become part of a page.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.Converters.Add(new UtcTimeConverter());
        return options;
    }
}

/// <summary>Times are UTC with Z, without a fraction when there is none: <c>2026-01-20T08:00:00Z</c>.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset().ToUniversalTime();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    /// <summary>To the microsecond, which is what the database keeps.</summary>
    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString(Format, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A string in a request body that PostgreSQL could not store.</summary>
internal sealed class InvalidTextException() : JsonException(message: null);

/// <summary>Refuses U+0000 and lone surrogates where they come in: <c>jsonb</c> and <c>text</c> cannot hold them.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null or JsonTokenType.PropertyName))
        {
            throw new JsonException();
        }

        string? text;
        try
        {
            text = reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // The reader's way of saying that an escape is half of a surrogate pair.
            throw new InvalidTextException();
        }

        return text is null || StorableText.IsStorable(text) ? text : throw new InvalidTextException();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(ref reader, typeToConvert, options)!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);
}

/// <summary>What PostgreSQL can hold as text.</summary>
internal static class StorableText
{
    /// <summary>False when the text holds U+0000 or half of a surrogate pair.</summary>
    public static bool IsStorable(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (System.Text.Rune.DecodeFromUtf16(text, out var rune, out var consumed) != System.Buffers.OperationStatus.Done || rune.Value == 0)
            {
                return false;
            }

            text = text[consumed..];
        }

        return true;
    }
}
