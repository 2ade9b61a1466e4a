using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Platform.Delivery;
using Alur.Platform.Results;

namespace Alur.Platform.Journal;

/// <summary>The event types of one module, as it registers them.</summary>
internal sealed record ModuleEventTypes(string Module, IReadOnlyList<EventType> Types);

/// <summary>Everything that may be written to the journal: what the modules of this program have registered.</summary>
public sealed partial class EventTypes
{
    private readonly FrozenDictionary<string, Registered> _byName;

    internal EventTypes(IEnumerable<ModuleEventTypes> modules)
    {
        var all = modules.SelectMany(m => m.Types.Select(type => new Registered(m.Module, type, Schema(type)))).ToList();
        var twice = all.GroupBy(r => r.Type.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null) throw new InvalidOperationException($"The event type {twice.Key} is registered twice: {string.Join(", ", twice.Select(r => r.Module))}.");
        _byName = all.ToFrozenDictionary(r => r.Type.Name, StringComparer.Ordinal);
    }

    /// <summary>Every registered type, by name.</summary>
    internal IEnumerable<(string Module, EventType Type)> All => _byName.Values.OrderBy(r => r.Type.Name, StringComparer.Ordinal).Select(r => (r.Module, r.Type));

    /// <summary>The names of all of them, in order.</summary>
    public IEnumerable<string> Names => All.Select(registered => registered.Type.Name);

    /// <summary>The version in which a type is recorded now.</summary>
    internal int VersionOf(string type) => _byName[type].Type.SchemaVersion;

    /// <summary>Why this cannot be recorded; null when it can.</summary>
    internal Error? Refusal(NewEntry entry)
    {
        if (!_byName.TryGetValue(entry.Type, out var registered))
            return new Invalid("EVENT_TYPE_UNKNOWN", "No module has registered this event type.", "type");
        if (string.IsNullOrWhiteSpace(entry.PerformedBy.Id))
            return new Invalid("ACTOR_MISSING", "Say who did it: a user, a key, or the part of the program.", "performedBy");
        if (entry.Corrects < 1) return new NothingToCorrect();
        if (entry.Corrects is not null && string.IsNullOrWhiteSpace(entry.Description))
            return new Invalid("CORRECTION_WITHOUT_REASON", "Say in the description why the entry is corrected.", "description");
        if (entry.Description is { } words && StorableText.Plain(words) != words)
            return new Invalid("INVALID_TEXT", "The description contains characters that cannot be stored.", "description");
        return Metadata(registered, entry.Metadata);
    }

    /// <summary>Metadata of an older version as this program knows it, with the version that it is in then. What is unknown or newer stays as it is.</summary>
    internal (int Version, string? Metadata) Upcast(string type, int version, string? metadata)
    {
        if (!_byName.TryGetValue(type, out var registered) || version >= registered.Type.SchemaVersion) return (version, metadata);
        var current = metadata is null ? [] : JsonNode.Parse(metadata)!.AsObject();
        for (; version < registered.Type.SchemaVersion; version++) current = registered.Type.Upcasts[version](current);
        return (version, metadata is null && current.Count == 0 ? null : current.ToJsonString());
    }

    private static Invalid? Metadata(Registered registered, string? metadata)
    {
        if (metadata is not null && StorableText.Json(metadata) != metadata)
            return new Invalid("INVALID_TEXT", "The metadata contains characters that cannot be stored.", "metadata");
        try
        {
            if (metadata is not null && HasUnstorableNumber(metadata))
                return new Invalid("METADATA_INVALID", $"{registered.Type.Name}: the metadata has a number that cannot be stored.", "metadata");
            using var document = JsonDocument.Parse(metadata ?? "{}");
            var mistake = document.RootElement.ValueKind == JsonValueKind.Object ? registered.Schema.Mistake(document.RootElement, "metadata") : "metadata is not an object";
            return mistake is null ? null : new Invalid("METADATA_INVALID", $"{registered.Type.Name}, version {registered.Type.SchemaVersion}: {mistake}.", "metadata");
        }
        catch (JsonException)
        {
            return new Invalid("METADATA_INVALID", $"{registered.Type.Name}: the metadata is not JSON.", "metadata");
        }
    }

    // PostgreSQL would refuse it in the middle of the caller's transaction.
    private static bool HasUnstorableNumber(string metadata)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(metadata));
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number) continue;
            var exponent = reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') + 1;
            if (reader.ValueSpan.Length > 1000 || (exponent > 0 && !(int.TryParse(reader.ValueSpan[exponent..], CultureInfo.InvariantCulture, out var ten) && Math.Abs(ten) <= 300))) return true;
        }

        return false;
    }

    private static MetadataSchema Schema(EventType type)
    {
        if (!Name().IsMatch(type.Name) || type.SchemaVersion < 1) throw new InvalidOperationException($"The event type {type.Name}, version {type.SchemaVersion}, has no usable name or version.");
        var gap = Enumerable.Range(1, type.SchemaVersion - 1).FirstOrDefault(v => !type.Upcasts.ContainsKey(v));
        if (gap > 0) throw new InvalidOperationException($"The event type {type.Name} does not say how version {gap} becomes version {gap + 1}.");
        try
        {
            return MetadataSchema.Parse(type.Schema);
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"The event type {type.Name}: {e.Message}.", e);
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_.]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    private sealed record Registered(string Module, EventType Type, MetadataSchema Schema);
}
