using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Doctor;

/// <summary>One table as the poll's statements use it.</summary>
/// <param name="Table">Its name in Khanza.</param>
/// <param name="Columns">Every column that is selected, joined or compared.</param>
/// <param name="Keys">Columns by which rows are looked up: each must begin an index, or every poll reads the whole table.</param>
internal sealed record KhanzaNeed(string Table, string[] Columns, string[] Keys);

/// <summary>What the statements of <see cref="KhanzaQueries"/> need of a Khanza database, as far as a site's settings make use of it.</summary>
internal static class KhanzaNeeds
{
    /// <summary>Read whole, so that no index matters.</summary>
    private static readonly KhanzaNeed[] Small =
    [
        new("jadwal", ["kd_dokter", "kd_poli", "hari_kerja", "jam_mulai", "jam_selesai", "kuota"], []),
        new("maping_poli_bpjs", ["kd_poli_rs", "kd_poli_bpjs", "nm_poli_bpjs"], []),
        new("maping_dokter_dpjpvclaim", ["kd_dokter", "kd_dokter_bpjs", "nm_dokter_bpjs"], []),
        new("poliklinik", ["kd_poli", "nm_poli"], []),
        new("dokter", ["kd_dokter", "nm_dokter"], []),
    ];

    private static readonly KhanzaNeed Visits = new("reg_periksa",
        ["no_rawat", "no_reg", "tgl_registrasi", "jam_reg", "kd_dokter", "kd_poli", "no_rkm_medis", "kd_pj", "stts", "stts_daftar", "status_lanjut"], ["no_rawat"]);

    private static readonly KhanzaNeed Patients = new("pasien", ["no_rkm_medis", "no_peserta", "no_ktp", "no_tlp"], ["no_rkm_medis"]);

    private static readonly KhanzaNeed Bookings = new("referensi_mobilejkn_bpjs",
        ["nobooking", "no_rawat", "nomorkartu", "nik", "nohp", "kodepoli", "pasienbaru", "norm", "tanggalperiksa", "kodedokter", "jampraktek", "jeniskunjungan",
         "nomorreferensi", "nomorantrean", "angkaantrean", "sisakuotajkn", "kuotajkn", "sisakuotanonjkn", "kuotanonjkn", "status", "validasi"],
        ["nobooking", "no_rawat"]);

    private static readonly KhanzaNeed Folders = new("mutasi_berkas", ["no_rawat", "dikirim", "diterima", "kembali"], ["no_rawat"]);

    private static readonly KhanzaNeed Notes = new("pemeriksaan_ralan", ["no_rawat", "tgl_perawatan", "jam_rawat", "nip"], ["no_rawat"]);

    private static readonly KhanzaNeed Nurses = new("petugas", ["nip"], []);

    private static readonly KhanzaNeed Prescriptions = new("resep_obat",
        ["no_rawat", "status", "tgl_peresepan", "jam_peresepan", "tgl_perawatan", "jam", "tgl_penyerahan", "jam_penyerahan"], ["no_rawat"]);

    private static readonly KhanzaNeed Letters = new("bridging_sep", ["no_rawat", "jnspelayanan", "no_rujukan", "asal_rujukan", "noskdp"], ["no_rawat"]);

    /// <summary>The tables that a poll of this site reads.</summary>
    public static IReadOnlyList<KhanzaNeed> Of(Site site)
    {
        var sources = site.Sources.Values.SelectMany(s => s).Distinct(StringComparer.Ordinal).ToList();
        var own = sources.Where(s => s.StartsWith("reg_periksa.task_id_", StringComparison.Ordinal)).Select(s => s.Split('.')[1]);
        var uses = sources.Select(s => s.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        return
        [
            Visits with { Columns = [.. Visits.Columns, .. own] }, Patients, Bookings,
            .. uses.Contains(Folders.Table) ? [Folders] : Array.Empty<KhanzaNeed>(),
            .. uses.Contains(Notes.Table) ? [Notes, Nurses] : Array.Empty<KhanzaNeed>(),
            .. uses.Contains(Prescriptions.Table) ? [Prescriptions] : Array.Empty<KhanzaNeed>(),
            .. site.Options.OnSiteJkn == "bridge" ? [Letters] : Array.Empty<KhanzaNeed>(),
            .. Small,
        ];
    }

    /// <summary>The poll's statements that look for rows, each with the tables behind its aliases.</summary>
    public static IEnumerable<(string Sql, IReadOnlyDictionary<string, string> Tables)> Statements(Site site)
    {
        var tables = Of(site).Select(n => n.Table).ToHashSet(StringComparer.Ordinal);
        var all = new (string Needs, string Sql, string Aliases)[]
        {
            ("reg_periksa", KhanzaQueries.Visits.Replace("{columns}", "", StringComparison.Ordinal), "r=reg_periksa p=pasien k=poliklinik d=dokter"),
            ("referensi_mobilejkn_bpjs", KhanzaQueries.BookingsByCode, ""),
            ("referensi_mobilejkn_bpjs", KhanzaQueries.BookingsByVisit, ""),
            ("mutasi_berkas", KhanzaQueries.Folders, ""),
            ("pemeriksaan_ralan", KhanzaQueries.Notes, "n=pemeriksaan_ralan p=petugas d=dokter"),
            ("resep_obat", KhanzaQueries.Prescriptions, ""),
            ("bridging_sep", KhanzaQueries.Letters, ""),
        };
        return from statement in all
               where tables.Contains(statement.Needs)
               let aliases = statement.Aliases.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split('='))
               select (statement.Sql.Replace("{where}", "between @from and @to", StringComparison.Ordinal),
                       (IReadOnlyDictionary<string, string>)aliases.ToDictionary(a => a[0], a => a[1], StringComparer.Ordinal));
    }
}
