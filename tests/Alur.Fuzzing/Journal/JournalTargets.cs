using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Journal.Sealing;

namespace Alur.Fuzzing.Journal;

/// <summary>What modules hand to the journal, and what somebody brings back as its export.</summary>
internal static class JournalTargets
{
    private const string Paid = """
        {"type": "object", "required": ["billId"], "properties": {"billId": {"type": "string", "maxLength": 10}, "amount": {"type": "number", "minimum": 0},
         "day": {"format": "date"}, "at": {"type": "string", "format": "date-time"}, "items": {"type": "array", "maxItems": 2, "items": {"type": "integer"}}}}
        """;

    private static readonly string[] Names = ["billId", "amount", "day", "at", "items", "2026-01-20", "2026-01-20T01:05:07Z"];
    private static readonly EventTypes Types = new([new ModuleEventTypes("fuzz", [new EventType("PAID", 1, Paid)])]);
    private static readonly Actor Clerk = new("clerk", ActorKind.User);

    private static readonly SealedEntry[] Entries =
        [.. Enumerable.Range(1, 6).Select(n => new SealedEntry(n * 3, $"00000000-0000-7000-8000-00000000000{n}", $"visit:{n % 2}", (n + 1) / 2, "PAID", 1, n == 2 ? "Ruang \"5\"" : null, """{"billId": "B"}""", "clerk", "USER", n, n + 1, null, null))];

    private static readonly (string Text, string Head, string Key) Export = MakeExport();

    /// <summary>Metadata is refused or can be stored, and fits its schema.</summary>
    public static FuzzTarget Metadata { get; } = FuzzTarget.OfText(
        "journal-metadata",
        draw => draw.Random.Next(3) switch { 0 => draw.Json(3, Names), 1 => draw.Text(), _ => draw.Damage("""{"billId":"B-1","amount":150.5,"day":"2026-01-20","at":"2026-01-20T01:05:07+07:00","items":[1,2]}""") },
        text =>
        {
            if (Types.Refusal(new NewEntry("PAID", Clerk, DateTimeOffset.UnixEpoch) { Metadata = text }) is { } refusal)
            {
                Claim.That(refusal.Code is "METADATA_INVALID" or "INVALID_TEXT", "a refusal is one of the declared", refusal.Code);
                return;
            }

            Claim.That(Storable.Json(text), "what is taken can be stored");
            using var document = JsonDocument.Parse(text);
            Claim.That(document.RootElement.ValueKind == JsonValueKind.Object, "metadata is an object");
            Claim.That(document.RootElement.GetProperty("billId").GetString()!.Length <= 20, "a required text of at most ten characters is there");
        });

    /// <summary>Whatever is done to an export, either it is named or the entries are what was sealed.</summary>
    public static FuzzTarget Exports { get; } = FuzzTarget.OfText("journal-exports", draw => draw.Once(20) ? draw.Text(200) : draw.Damage(Export.Text), text =>
    {
        var verified = VerifyExport.Run(new StringReader(text), Export.Head, Export.Key, CancellationToken.None).GetAwaiter().GetResult();
        if (verified.Mistakes.Count == 0) Claim.That(Read(text).SequenceEqual(Entries), "an export without a mistake has exactly the sealed entries");
    });

    private static IEnumerable<SealedEntry> Read(string text)
    {
        using var lines = new StringReader(text);
        while (lines.ReadLine() is { } line)
        {
            if (JsonNode.Parse(line)!["entry"] is { } entry) yield return entry.Deserialize<SealedEntry>(JsonSerializerOptions.Web)!;
        }
    }

    private static (string Text, string Head, string Key) MakeExport()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var spki = key.ExportSubjectPublicKeyInfo();
        var (id, previous, lines) = (SealKey.IdOf(spki), SealBlock.Beginning, new List<object>());
        lines.Add(new { alur = ExportJournal.Form });
        lines.Add(new { key = id, spki = Convert.ToBase64String(spki) });
        foreach (var (number, some) in Entries.Chunk(3).Index())
        {
            var leaves = new byte[some.Length * SealedEntry.LeafLength];
            for (var i = 0; i < some.Length; i++) some[i].WriteLeaf(leaves.AsSpan(i * SealedEntry.LeafLength));
            var hash = SealBlock.Hash(number + 1, previous, leaves);
            var signature = Convert.ToBase64String(key.SignData(hash, HashAlgorithmName.SHA256));
            lines.Add(new { block = number + 1, previous = Convert.ToHexStringLower(previous), leaves = Convert.ToBase64String(leaves), key = id, signature });
            lines.AddRange(some.Select(entry => new { entry }));
            previous = hash;
        }

        lines.AddRange(((string[])["visit:0", "visit:1"]).Select(stream => new { stream, version = 3 }));
        lines.Add(new { end = true, entries = Entries.Length, blocks = 2, streams = 2 });
        return (string.Join('\n', lines.Select(line => JsonSerializer.Serialize(line, JsonSerializerOptions.Web))), $"2:{Convert.ToHexStringLower(previous)}", id);
    }
}
