using System.Text.Json;
using Alur.Antrean.References;

namespace Alur.Fuzzing.Bpjs;

/// <summary>BPJS's lists of clinics, doctors and schedules.</summary>
internal static class ReferenceTargets
{
    private static readonly string[] Kinds = ["CLINICS", "DOCTORS", "SCHEDULE"];

    private static readonly string[] Names =
        ["list", "kdsubspesialis", "nmsubspesialis", "kdpoli", "nmpoli", "kodedokter", "namadokter", "kodesubspesialis", "kodepoli", "jadwal", "kapasitaspasien", "libur"];

    /// <summary>An answer is a list that can be stored and compared, or a reason why it is none.</summary>
    public static FuzzTarget References { get; } = FuzzTarget.OfText(
        "bpjs-references",
        draw => draw.Once(3) ? draw.Json(4, Names) : $"[{string.Join(',', Enumerable.Range(0, draw.Random.Next(6)).Select(_ => Item(draw)))}]",
        json =>
        {
            foreach (var kind in Kinds)
            {
                Holds(kind, json);
            }
        });

    private static void Holds(string kind, string json)
    {
        using var document = Parse(json);
        if (document is null)
        {
            return;
        }

        var read = BpjsReferences.Read(kind, document.RootElement);
        Claim.That((read.Rows is null) != (read.Failure is null), "either rows or a reason");
        if (read.Rows is null)
        {
            return;
        }

        Claim.That(Storable.Json(read.Rows), "what is kept fits a jsonb column", read.Rows);
        using var rows = JsonDocument.Parse(read.Rows);
        var items = rows.RootElement.EnumerateArray().ToList();
        Claim.Equal(items.Count, read.Count, "as many rows as it says");
        Claim.Equal(items.Count, items.Select(Key).Distinct(StringComparer.Ordinal).Count(), "no row twice");
        foreach (var item in items)
        {
            Claim.That(item.EnumerateObject().All(p => p.Value.ValueKind != JsonValueKind.String || p.Value.GetString()!.Length <= 200), "no text is endless");
            Claim.That(Key(item).Length > 0 && !Key(item).StartsWith('|'), "every row has its code", item);
            if (item.TryGetProperty("hours", out var hours))
            {
                Claim.That(IsHours(hours.GetString()!), "hours have one form and end after they begin", hours);
            }
        }
    }

    private static string Key(JsonElement item) => item.TryGetProperty("code", out var code) ? code.GetString()!
        : string.Join('|', item.GetProperty("kodepoli").GetString(), item.GetProperty("kodedokter").GetString(), item.GetProperty("hours").GetString());

    private static bool IsHours(string text) =>
        text.Length == 11 && text[2] == ':' && text[5] == '-' && text[8] == ':' && string.CompareOrdinal(text[..5], text[6..]) < 0
        && new[] { text[..2], text[6..8] }.All(h => string.CompareOrdinal(h, "23") <= 0) && new[] { text[3..5], text[9..] }.All(m => string.CompareOrdinal(m, "59") <= 0);

    private static string Item(Draw draw) => $$"""
        {"kdsubspesialis":{{Code(draw)}},"kdpoli":{{Code(draw)}},"nmpoli":{{draw.JsonString(draw.Text())}},"kodesubspesialis":{{Code(draw)}},"kodepoli":{{Code(draw)}},
         "kodedokter":{{(draw.Once(2) ? draw.Number() : Code(draw))}},"namadokter":{{draw.JsonString(draw.Text(260))}},"kapasitaspasien":{{draw.Number()}},"libur":{{draw.Int(-1, 2)}},
         "jadwal":{{draw.JsonString(draw.Once(4) ? draw.Damage(Hours(draw)) : Hours(draw))}}}
        """;

    private static string Code(Draw draw) => draw.JsonString(draw.Once(5) ? draw.Text(5) : draw.Pick("INT", "ANA", "018", "", " INT "));

    private static string Hours(Draw draw) =>
        FormattableString.Invariant($"{draw.Int(0, 24):00}:{draw.Int(0, 60):00}{draw.Pick("-", " - ", "–", "")}{draw.Int(0, 24):00}:{draw.Pick("00", "30", "59", "60")}");

    private static JsonDocument? Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return null; // a shrunk case; an answer that is not JSON never comes this far
        }
    }
}
