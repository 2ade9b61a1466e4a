using System.Buffers;
using System.Text.Json;

namespace Alur.Platform.Journal;

/// <summary>
/// An entry as it leaves the house, for every receiver alike. Who acted (<c>performed_by</c>) and the words for people (<c>description</c>) stay at home: the first can
/// be an account, the second is written by people. What is left names nobody: <see cref="NewEntry"/> forbids it of metadata, and streams are named by ids.
/// </summary>
public static class EventEnvelope
{
    /// <summary>
    /// The entry as a JSON object in UTF-8: <c>id</c>, <c>type</c>, <c>schema_version</c>, <c>stream</c> (<c>kind</c> and <c>key</c>), <c>version</c>, <c>position</c>,
    /// <c>performed_at</c>, <c>recorded_at</c>, <c>actor_kind</c>, <c>correlation_id</c>, <c>corrects</c>, <c>metadata</c>; what it has not is null. The same entry
    /// always gives the same bytes.
    /// </summary>
    public static byte[] Utf8(JournalEntry entry)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("id", entry.Id);
            json.WriteString("type", entry.Type);
            json.WriteNumber("schema_version", entry.SchemaVersion);
            json.WriteStartObject("stream");
            json.WriteString("kind", entry.Stream.Kind);
            json.WriteString("key", entry.Stream.Key);
            json.WriteEndObject();
            json.WriteNumber("version", entry.Version);
            json.WriteNumber("position", entry.Position);
            json.WriteString("performed_at", entry.PerformedAt.UtcDateTime);
            json.WriteString("recorded_at", entry.RecordedAt.UtcDateTime);
            json.WriteString("actor_kind", EntryRow.KindOf(entry.PerformedBy.Kind));
            WriteMaybe(json, "correlation_id", entry.CorrelationId, json.WriteStringValue);
            WriteMaybe(json, "corrects", entry.Corrects, json.WriteNumberValue);
            json.WritePropertyName("metadata");
            if (entry.Metadata is { } metadata) json.WriteRawValue(metadata);
            else json.WriteNullValue();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteMaybe<T>(Utf8JsonWriter json, string name, T? value, Action<T> write)
        where T : struct
    {
        json.WritePropertyName(name);
        if (value is { } known) write(known);
        else json.WriteNullValue();
    }
}
