using System.Globalization;
using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;
using Alur.Platform.Doctor;

namespace Alur.Antrean.Doctor;

/// <summary>Asks the server how it would run the poll's own statements. Explaining runs nothing.</summary>
internal static class CheckPlans
{
    private const string Code = "khanza.plans";

    /// <summary>Below this a scan costs less than anybody would notice.</summary>
    private const long Noticed = 1_000;

    /// <summary>More rows than visits, notes and prescriptions of any window: an index is used, but not one that finds the days.</summary>
    private const long TooMany = 50_000;

    public static async Task<IReadOnlyList<Finding>> Run(KhanzaTalk khanza, Site site, KhanzaWindow window, CancellationToken ct)
    {
        var findings = new List<Finding>();
        foreach (var (sql, tables) in KhanzaNeeds.Statements(site))
        {
            var ofCodes = sql == KhanzaQueries.BookingsByCode;
            var steps = await khanza.Rows(
                "explain " + sql, ct, ("@from", ofCodes ? window.FirstBooking : window.FirstVisit), ("@to", ofCodes ? window.LastBooking : window.LastVisit));
            findings.AddRange(steps.Select(s => Judge(tables.GetValueOrDefault(s[2] ?? "", s[2] ?? ""), s[3], s[5], Number(s[8]))).OfType<Finding>());
        }
        return findings.Count > 0 ? [.. findings.DistinctBy(f => f.Found.English)]
            : [Finding.Ok(Code, "Semua pembacaan berkala memakai indeks.", "Every statement of a poll uses an index.")];
    }

    /// <summary>One step of a plan; null: nothing to say about it.</summary>
    internal static Finding? Judge(string table, string? access, string? index, long rows)
    {
        var scans = access is "ALL" or "index" && rows >= Noticed;
        if (!scans && rows < TooMany)
            return null;
        var how = string.Create(CultureInfo.InvariantCulture, $"{table}: {access}, {(index is null ? "-" : index)}, ~{rows}");
        return Finding.Warning(Code,
            new($"Setiap pembacaan akan menelusuri banyak baris ({how} baris).", $"Every poll would walk through many rows ({how} rows)."),
            new($"Minta DBA: ANALYZE TABLE {table}; bila tetap, periksa indeks dan collation kolom kuncinya.", $"Ask the DBA: ANALYZE TABLE {table}; if it stays so, look at the indexes and collations of its key columns."));
    }

    private static long Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
