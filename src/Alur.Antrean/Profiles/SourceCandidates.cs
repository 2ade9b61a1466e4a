using System.Data.Common;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Profiles;

/// <summary>
/// The columns that hospitals and other bridges take for a task, the most usual first. A column that means another step is not among
/// them, however well it would fit: a complete list of wrong moments is worth less than none.
/// </summary>
internal static class SourceCandidates
{
    /// <summary>The tasks of every visit, in order; those of the pharmacy belong to visits with a prescription only.</summary>
    public static readonly IReadOnlyList<string> Tasks = ["3", "4", "5"];

    private const string Columns = "select table_name, column_name from information_schema.columns where table_schema = database()";

    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["3"] = ["mutasi_berkas.dikirim", "referensi_mobilejkn_bpjs.validasi", "reg_periksa.jam_reg", "reg_periksa.task_id_3"],
        ["4"] = ["mutasi_berkas.diterima", "pemeriksaan_ralan.first", "pemeriksaan_ralan.petugas", "reg_periksa.task_id_4"],
        ["5"] = ["pemeriksaan_ralan.first", "pemeriksaan_ralan.dokter", "mutasi_berkas.kembali", "reg_periksa.task_id_5"],
    };

    /// <summary>Tables and columns, as <c>table</c> and <c>table.column</c>, that this database has and this account may read.</summary>
    public static async Task<IReadOnlySet<string>> ColumnsOf(DbDataSource khanza, CancellationToken ct)
    {
        await using var command = khanza.CreateCommand(Columns);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var there = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadAsync(ct))
        {
            there.Add(reader.GetString(0));
            there.Add($"{reader.GetString(0)}.{reader.GetString(1)}");
        }
        return there;
    }

    /// <summary>Those that are there, by task, and what the site has chosen of its own.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> In(IReadOnlySet<string> there, SiteOptions site)
    {
        var own = TaskProfiles.Of(site);
        return Known.ToDictionary(
            k => k.Key, IReadOnlyList<string> (k) => [.. k.Value.Union(own[k.Key], StringComparer.Ordinal).Where(s => there.Contains(Needs(s)))], StringComparer.Ordinal);
    }

    /// <summary>What these sources need and is not there.</summary>
    public static IReadOnlyList<string> Lacking(IReadOnlySet<string> there, IEnumerable<string> sources) =>
        [.. sources.Select(Needs).Distinct(StringComparer.Ordinal).Where(need => !there.Contains(need))];

    /// <summary>Every ordered choice of up to three of the sources, the shorter ones first.</summary>
    public static IEnumerable<IReadOnlyList<string>> Orders(IReadOnlyList<string> sources)
    {
        IEnumerable<IReadOnlyList<string>> longest = [[]];
        for (var length = 1; length <= 3; length++)
        {
            longest = [.. longest.SelectMany(order => sources.Except(order, StringComparer.Ordinal), IReadOnlyList<string> (order, next) => [.. order, next])];
            foreach (var order in longest)
                yield return order;
        }
    }

    /// <summary>The site as it would be with these sources.</summary>
    public static Site With(this Site site, IReadOnlyDictionary<string, IReadOnlyList<string>> sources) => site with { Sources = sources };

    // Notes are told apart by who wrote them, and the moments of a prescription by two columns each.
    private static string Needs(string source) => source.Split('.')[0] is ("pemeriksaan_ralan" or "resep_obat") and var table ? table : source;
}
