using System.Globalization;
using System.Text.Json;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Khanza;

namespace Alur.Antrean.References;

/// <summary>One entry of <c>ref/poli</c>: the sub-specialty, which <c>antrean/add</c> wants, and the clinic above it, which schedules are asked by.</summary>
internal sealed record BpjsClinic(string Code, string Name, string Parent, string ParentName);

/// <summary>One entry of <c>ref/dokter</c>.</summary>
internal sealed record BpjsDoctor(string Code, string Name);

/// <summary>One row of <c>jadwaldokter</c> (HFIS); <paramref name="Closed"/>: BPJS was told that the doctor is away that day.</summary>
internal sealed record BpjsHours(string Kodepoli, string Kodedokter, string Doctor, string Hours, int? Quota, bool Closed);

/// <summary>What came of reading an answer as a list.</summary>
/// <param name="Rows">The list in our own words; null: it is none.</param>
/// <param name="Count">How many rows it has.</param>
/// <param name="Failure">Why it is none.</param>
internal sealed record ReferenceRead(string? Rows, int Count, string? Failure)
{
    public static ReferenceRead Failed(string why) => new(null, 0, why);
}

/// <summary>
/// Reads BPJS's reference lists. Numbers come as numbers and as text. A row that makes no sense is left out; when most of them make none
/// the whole answer is garbage and not a list.
/// </summary>
internal static class BpjsReferences
{
    /// <summary>More than any hospital has; an answer of this size is somebody else's.</summary>
    private const int MostRows = 20_000;

    private const int LongestText = 200;

    /// <summary>Reads one accepted answer.</summary>
    /// <param name="kind">CLINICS, DOCTORS or SCHEDULE.</param>
    /// <param name="response">The decrypted response.</param>
    public static ReferenceRead Read(string kind, JsonElement? response) => kind switch
    {
        "CLINICS" => Rows(response, Clinic, c => c.Code),
        "DOCTORS" => Rows(response, Doctor, d => d.Code),
        _ => Rows(response, Hours, h => (h.Kodepoli, h.Kodedokter, h.Hours)),
    };

    /// <summary>Hours in the one form that is compared, such as <c>08:00-16:00</c>; null when they are none.</summary>
    public static string? Normal(string? hours)
    {
        var ends = (hours ?? "").Split('-', StringSplitOptions.TrimEntries);
        return ends.Length == 2 && Time(ends[0]) is { } from && Time(ends[1]) is { } to && to > from
            ? string.Create(CultureInfo.InvariantCulture, $"{from:HH:mm}-{to:HH:mm}") : null;
    }

    private static ReferenceRead Rows<T, TKey>(JsonElement? response, Func<JsonElement, T?> read, Func<T, TKey> key)
        where T : class
    {
        if (BpjsLists.List(response) is not { } items)
            return ReferenceRead.Failed("the answer holds no list");
        if (items.Count > MostRows)
            return ReferenceRead.Failed($"a list of {items.Count} rows, more than any hospital has");
        var rows = items.Select(read).OfType<T>().ToList();
        if (rows.Count * 2 < items.Count)
            return ReferenceRead.Failed($"{items.Count - rows.Count} of {items.Count} rows make no sense");
        var distinct = rows.DistinctBy(key).ToList();
        return new ReferenceRead(JsonSerializer.Serialize(distinct, KeepReferences.Json), distinct.Count, Failure: null);
    }

    private static BpjsClinic? Clinic(JsonElement item)
    {
        var (code, parent) = (Text(item, "kdsubspesialis"), Text(item, "kdpoli"));
        return code.Length + parent.Length == 0 ? null
            : new BpjsClinic(code.Length > 0 ? code : parent, Text(item, "nmsubspesialis"), parent.Length > 0 ? parent : code, Text(item, "nmpoli"));
    }

    private static BpjsDoctor? Doctor(JsonElement item) =>
        Text(item, "kodedokter") is { Length: > 0 } code ? new BpjsDoctor(code, Text(item, "namadokter")) : null;

    private static BpjsHours? Hours(JsonElement item)
    {
        var (sub, clinic, doctor) = (Text(item, "kodesubspesialis"), Text(item, "kodepoli"), Text(item, "kodedokter"));
        return doctor.Length == 0 || sub.Length + clinic.Length == 0 || Normal(Text(item, "jadwal")) is not { } hours ? null
            : new BpjsHours(sub.Length > 0 ? sub : clinic, doctor, Text(item, "namadokter"), hours, Number(item, "kapasitaspasien"), Number(item, "libur") is > 0);
    }

    private static string Text(JsonElement item, string name)
    {
        var text = KhanzaText.Clean(BpjsLists.Text(item, name), out _);
        return text.Length <= LongestText ? text : KhanzaText.Clean(text[..LongestText], out _);
    }

    private static int? Number(JsonElement item, string name) =>
        int.TryParse(BpjsLists.Text(item, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeOnly? Time(string text) =>
        TimeOnly.TryParseExact(text, ["H:mm", "HH:mm", "HH:mm:ss", "H.mm", "HH.mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time
        : text is "24:00" or "24:00:00" ? new TimeOnly(23, 59) : null;
}
