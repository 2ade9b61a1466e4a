namespace Alur.Antrean.Sites;

/// <summary>
/// Which column tells the moment of which task. Hospitals and Khanza versions differ, so it is chosen, never guessed:
/// the first source that is present gives the moment, and is not replaced by a later one that happens to fit the order better.
/// </summary>
internal static class TaskProfiles
{
    /// <summary>What is observed with while nobody has chosen a profile; nothing is sent then.</summary>
    public const string WhileNoneIsChosen = "khanza";

    /// <summary>Every source a poll knows how to read.</summary>
    public static readonly IReadOnlySet<string> Sources = new HashSet<string>(StringComparer.Ordinal)
    {
        "mutasi_berkas.dikirim", "mutasi_berkas.diterima", "mutasi_berkas.kembali",
        "pemeriksaan_ralan.first", "pemeriksaan_ralan.petugas", "pemeriksaan_ralan.dokter",
        "resep_obat.peresepan", "resep_obat.perawatan", "resep_obat.penyerahan",
        "referensi_mobilejkn_bpjs.validasi", "reg_periksa.jam_reg",
        "reg_periksa.task_id_3", "reg_periksa.task_id_4", "reg_periksa.task_id_5", "reg_periksa.task_id_6", "reg_periksa.task_id_7",
    };

    /// <summary>Tasks that can have a source: all that are told by <c>antrean/updatewaktu</c> after admission.</summary>
    public static readonly IReadOnlyList<string> Tasks = ["3", "4", "5", "6", "7"];

    /// <summary>Those of them that the catalogue of a new database enables: what to go by while none can be asked.</summary>
    public static readonly IReadOnlyList<string> Enabled = ["3", "4", "5"];

    private static readonly Dictionary<string, Dictionary<string, string[]>> Named = new(StringComparer.Ordinal)
    {
        ["khanza"] = Of("mutasi_berkas.dikirim", "mutasi_berkas.diterima", "pemeriksaan_ralan.first", "resep_obat.peresepan", "resep_obat.perawatan"),
        ["khanza-2026"] = Of("mutasi_berkas.dikirim", "mutasi_berkas.diterima", "pemeriksaan_ralan.first", "resep_obat.perawatan", "resep_obat.penyerahan"),
        ["task-columns"] = Of("reg_periksa.task_id_3", "reg_periksa.task_id_4", "reg_periksa.task_id_5", "reg_periksa.task_id_6", "reg_periksa.task_id_7"),
    };

    /// <summary>Names that <see cref="SiteOptions.Profile"/> may have.</summary>
    public static IReadOnlyCollection<string> Names => Named.Keys;

    /// <summary>Sources by task, in order, of a site: its profile with its own replacements.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Of(SiteOptions site)
    {
        var sources = Named[site.Profile ?? WhileNoneIsChosen].ToDictionary(x => x.Key, x => (IReadOnlyList<string>)x.Value, StringComparer.Ordinal);
        foreach (var (task, own) in site.TaskSources)
            sources[task] = own;
        return sources;
    }

    private static Dictionary<string, string[]> Of(string three, string four, string five, string six, string seven) =>
        new(StringComparer.Ordinal) { ["3"] = [three], ["4"] = [four], ["5"] = [five], ["6"] = [six], ["7"] = [seven] };
}
