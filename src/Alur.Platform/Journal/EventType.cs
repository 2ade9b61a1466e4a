using System.Text.Json.Nodes;

namespace Alur.Platform.Journal;

/// <summary>One kind of entry that a module writes. Registered with <c>AddEventTypes</c>; nothing else can be appended.</summary>
/// <param name="Name">As it is stored, such as <c>VISIT_REGISTERED</c>; never changes once used.</param>
/// <param name="SchemaVersion">From 1; grows whenever <paramref name="Schema"/> changes.</param>
/// <param name="Schema">JSON schema of the metadata; <see cref="MetadataSchema"/> says which keywords are understood.</param>
public sealed record EventType(string Name, int SchemaVersion, string Schema)
{
    /// <summary>
    /// How metadata of an older version becomes that of the next one, by the older version: 1 makes version 2 of version 1. Every version
    /// below <see cref="SchemaVersion"/> needs one; entries are never rewritten, so they are asked for ever.
    /// </summary>
    public IReadOnlyDictionary<int, Func<JsonObject, JsonObject>> Upcasts { get; init; } = new Dictionary<int, Func<JsonObject, JsonObject>>();
}
