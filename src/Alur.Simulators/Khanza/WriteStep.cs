using System.Data.Common;
using System.Globalization;

namespace Alur.Simulators.Khanza;

/// <summary>The statements the hospital's desktop runs for each step, one row at a time as the desktop does.</summary>
internal static class WriteStep
{
    private const string InsertPatient = """
        insert into pasien (no_rkm_medis, nm_pasien, no_ktp, jk, tgl_lahir, tgl_daftar, no_tlp, kd_pj, no_peserta)
        values (@norm, @name, @nik, @sex, @born, @day, @phone, @payer, @card)
        """;

    private const string InsertVisit = """
        insert into reg_periksa (no_reg, no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, p_jawab, stts, stts_daftar, status_lanjut, kd_pj)
        values (@noreg, @norawat, @day, @jamreg, @doctor, @norm, @clinic, '-', 'Belum', 'Lama', 'Ralan', @payer)
        """;

    private const string InsertBooking = """
        insert into referensi_mobilejkn_bpjs (nobooking, no_rawat, nomorkartu, nik, nohp, kodepoli, pasienbaru, norm, tanggalperiksa, kodedokter, jampraktek,
            jeniskunjungan, nomorreferensi, nomorantrean, angkaantrean, estimasidilayani, sisakuotajkn, kuotajkn, sisakuotanonjkn, kuotanonjkn, status, validasi, statuskirim)
        values (@kodebooking, @norawat, @card, @nik, @phone, @bpjspoli, '0', @norm, @day, @bpjsdokter, @jampraktek,
            '1 (Rujukan FKTP)', @reference, @noantrean, @noreg, @estimasi, 10, 60, 10, 60, 'Belum', '0000-00-00 00:00:00', 'Belum')
        """;

    private const string UpdateCheckIn = "update referensi_mobilejkn_bpjs set status = 'Checkin', validasi = @at where nobooking = @kodebooking";

    private const string InsertSep = """
        insert into bridging_sep (no_sep, no_rawat, tglsep, tglrujukan, no_rujukan, jnspelayanan, kdpolitujuan, nomr, nama_pasien, no_kartu, asal_rujukan, kddpjp)
        values (@nosep, @norawat, @day, @day, @reference, '2', @bpjspoli, @norm, @name, @card, '1. Faskes 1', @bpjsdokter)
        """;

    private const string InsertFileSent = """
        insert into mutasi_berkas (no_rawat, status, dikirim, diterima, kembali, tidakada, ranap)
        values (@norawat, 'Sudah Dikirim', @sent, '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00')
        """;

    private const string InsertFileSentAndReceived = """
        insert into mutasi_berkas (no_rawat, status, dikirim, diterima, kembali, tidakada, ranap)
        values (@norawat, 'Sudah Diterima', @sent, @sent, '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00')
        """;

    private const string UpdateFileReceived = "update mutasi_berkas set status = 'Sudah Diterima', diterima = @received where no_rawat = @norawat";

    private const string InsertNote = """
        insert into pemeriksaan_ralan (no_rawat, tgl_perawatan, jam_rawat, tensi, keluhan, nip)
        values (@norawat, @notedday, @notedtime, '120/80', '-', @doctor)
        """;

    private const string InsertPrescription = """
        insert into resep_obat (no_resep, tgl_perawatan, jam, no_rawat, kd_dokter, tgl_peresepan, jam_peresepan, status, tgl_penyerahan, jam_penyerahan)
        values (@noresep, '0000-00-00', '00:00:00', @norawat, @doctor, @day, @prescribed, 'ralan', '0000-00-00', '00:00:00')
        """;

    private const string UpdateStatus = "update reg_periksa set stts = @stts where no_rawat = @norawat";

    /// <summary>Runs the step's statements in the transaction.</summary>
    public static async Task Run(DbTransaction transaction, DayStep step, CancellationToken ct)
    {
        foreach (var (sql, stts) in StatementsOf(step))
        {
            await using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            foreach (var (name, value) in Values(step, stts).Where(p => Mentions(sql, p.Name)))
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }

            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private static IEnumerable<(string Sql, string Stts)> StatementsOf(DayStep step) => step.Kind switch
    {
        StepKind.Book => [(InsertPatient, ""), (InsertVisit, ""), (InsertBooking, "")],
        StepKind.Register => [(InsertPatient, ""), (InsertVisit, "")],
        StepKind.CheckIn => [(UpdateCheckIn, "")],
        StepKind.MakeSep => [(InsertSep, "")],
        StepKind.SendFile => [(InsertFileSent, "")],
        StepKind.ReceiveFile => [(UpdateFileReceived, ""), (UpdateStatus, "Berkas Diterima")],
        StepKind.SendAndReceiveFile => [(InsertFileSentAndReceived, ""), (UpdateStatus, "Berkas Diterima")],
        StepKind.WriteNote => [(InsertNote, ""), (UpdateStatus, "Sudah")],
        StepKind.Prescribe => [(InsertPrescription, "")],
        StepKind.Cancel => [(UpdateStatus, "Batal")],
    };

    private static bool Mentions(string sql, string name)
    {
        for (var at = sql.IndexOf(name, StringComparison.Ordinal); at >= 0; at = sql.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            if (at + name.Length == sql.Length || !char.IsAsciiLetterOrDigit(sql[at + name.Length]))
                return true;
        }

        return false;
    }

    private static IEnumerable<(string Name, object Value)> Values(DayStep step, string stts)
    {
        var v = step.Visit;
        return
        [
            ("@norm", v.Patient.NoRkmMedis), ("@name", v.Patient.Name), ("@nik", v.Patient.Nik), ("@sex", v.Patient.Sex), ("@born", v.Patient.Born),
            ("@phone", v.Patient.Phone), ("@card", v.Kind == VisitKind.NonJkn ? "" : v.Patient.Card), ("@day", v.ServiceDate), ("@noreg", v.NoReg), ("@norawat", v.NoRawat),
            ("@kodebooking", v.Kodebooking), ("@jamreg", v.JamReg.ToTimeSpan()), ("@doctor", v.Doctor.Code), ("@clinic", v.Clinic.Code),
            ("@payer", v.Kind == VisitKind.NonJkn ? Hospital.OwnPayer : Hospital.BpjsPayer),
            ("@bpjspoli", v.Clinic.BpjsCode ?? ""), ("@bpjsdokter", v.Doctor.BpjsCode), ("@jampraktek", Text.Hours(v)), ("@reference", v.Reference),
            ("@noantrean", $"{v.Clinic.BpjsCode}-{v.NoReg}"), ("@estimasi", Text.Estimate(v)),
            ("@nosep", Text.Sep(v)), ("@at", step.At), ("@sent", (object?)v.FileSent ?? DBNull.Value), ("@received", (object?)v.FileReceived ?? DBNull.Value),
            ("@notedday", v.ServiceDate), ("@notedtime", v.Noted?.TimeOfDay ?? TimeSpan.Zero), ("@prescribed", v.Prescribed?.TimeOfDay ?? TimeSpan.Zero),
            ("@noresep", Text.Prescription(v)), ("@stts", stts),
        ];
    }

    /// <summary>Texts that the desktop composes from a visit.</summary>
    internal static class Text
    {
        public static string Hours(PlannedVisit v)
        {
            var (from, to) = Hospital.SlotAt(TimeOnly.FromDateTime(v.Arrives));
            return string.Create(CultureInfo.InvariantCulture, $"{from:HH':'mm}-{to:HH':'mm}");
        }

        // Ten minutes for each patient from the start of consulting hours, in Western Indonesian time.
        public static string Estimate(PlannedVisit v)
        {
            var (from, _) = Hospital.SlotAt(TimeOnly.FromDateTime(v.Arrives));
            var start = new DateTimeOffset(v.ServiceDate.ToDateTime(from), TimeSpan.FromHours(7));
            return start.AddMinutes(10 * int.Parse(v.NoReg, CultureInfo.InvariantCulture)).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        }

        public static string Sep(PlannedVisit v) => string.Create(CultureInfo.InvariantCulture, $"9999R001{v.ServiceDate:MMyy}V{v.NoRawat[^6..]}");

        public static string Prescription(PlannedVisit v) => string.Create(CultureInfo.InvariantCulture, $"{v.ServiceDate:yyyyMMdd}{v.NoRawat[^6..]}");
    }
}
