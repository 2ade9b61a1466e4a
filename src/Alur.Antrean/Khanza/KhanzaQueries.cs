namespace Alur.Antrean.Khanza;

/// <summary>
/// The statements of a poll. Every one takes a range of the visit number, which is the clustered key and begins with the date
/// (no date column is indexed in a stock schema), or the few numbers that lie outside of that range. <c>{where}</c> is replaced by
/// one of the two; temporal columns are read as text, because zero dates are no dates.
/// </summary>
internal static class KhanzaQueries
{
    public const string Visits = """
        select r.no_rawat, r.no_reg, cast(r.tgl_registrasi as char), cast(r.jam_reg as char), r.kd_dokter, r.kd_poli, r.no_rkm_medis, r.kd_pj,
               r.stts, r.stts_daftar, r.status_lanjut, p.no_peserta, p.no_ktp, p.no_tlp, k.nm_poli, d.nm_dokter{columns}
        from reg_periksa r
        left join pasien p on p.no_rkm_medis = r.no_rkm_medis
        left join poliklinik k on k.kd_poli = r.kd_poli
        left join dokter d on d.kd_dokter = r.kd_dokter
        where r.no_rawat {where}
        """;

    private const string BookingColumns = """
        select nobooking, no_rawat, nomorkartu, nik, nohp, kodepoli, pasienbaru, norm, cast(tanggalperiksa as char), kodedokter, jampraktek,
               jeniskunjungan, nomorreferensi, nomorantrean, angkaantrean, sisakuotajkn, kuotajkn, sisakuotanonjkn, kuotanonjkn, status,
               cast(validasi as char)
        from referensi_mobilejkn_bpjs
        """;

    /// <summary>The booking code begins with the day of the visit; tanggalperiksa has no index.</summary>
    public const string BookingsByCode = BookingColumns + " where nobooking between @from and @to";

    public const string BookingsByVisit = BookingColumns + " where no_rawat {where}";

    public const string Folders = """
        select no_rawat, cast(dikirim as char), cast(diterima as char), cast(kembali as char) from mutasi_berkas where no_rawat {where}
        """;

    public const string Notes = """
        select n.no_rawat, cast(n.tgl_perawatan as char), cast(n.jam_rawat as char),
               exists (select 1 from petugas p where p.nip = n.nip), exists (select 1 from dokter d where d.kd_dokter = n.nip)
        from pemeriksaan_ralan n
        where n.no_rawat {where}
        """;

    public const string Prescriptions = """
        select no_rawat, cast(tgl_peresepan as char), cast(jam_peresepan as char), cast(tgl_perawatan as char), cast(jam as char),
               cast(tgl_penyerahan as char), cast(jam_penyerahan as char)
        from resep_obat
        where status = 'ralan' and no_rawat {where}
        """;

    public const string Letters = """
        select no_rawat, no_rujukan, asal_rujukan, noskdp from bridging_sep where jnspelayanan = '2' and no_rawat {where}
        """;

    public const string Slots = "select kd_dokter, kd_poli, hari_kerja, cast(jam_mulai as char), cast(jam_selesai as char), kuota from jadwal";

    public const string Clinics = "select kd_poli_rs, kd_poli_bpjs from maping_poli_bpjs";

    public const string Doctors = "select kd_dokter, kd_dokter_bpjs from maping_dokter_dpjpvclaim";

    /// <summary>Clinics and doctors by name, with what the mapping screens once copied from BPJS beside the code.</summary>
    public const string NamedClinics = """
        select k.kd_poli, k.nm_poli, m.kd_poli_bpjs, m.nm_poli_bpjs from poliklinik k left join maping_poli_bpjs m on m.kd_poli_rs = k.kd_poli
        """;

    public const string NamedDoctors = """
        select d.kd_dokter, d.nm_dokter, m.kd_dokter_bpjs, m.nm_dokter_bpjs from dokter d left join maping_dokter_dpjpvclaim m on m.kd_dokter = d.kd_dokter
        """;

    /// <summary>Plain reads in one snapshot take no locks and see one moment, whatever the desktop writes meanwhile.</summary>
    public static readonly string[] Begin =
    [
        "set session transaction isolation level repeatable read",
        "start transaction with consistent snapshot, read only",
    ];

    public const string End = "commit";
}
