using System.Data.Common;
using Alur.MariaDb;

namespace Alur.Simulators.Khanza;

/// <summary>The statements the hospital's desktop runs for each step, one row at a time as the desktop does.</summary>
internal static class WriteStep
{
    private const string InsertPatient = """
        insert into pasien (no_rkm_medis, nm_pasien, no_ktp, jk, tgl_lahir, tgl_daftar, no_tlp, kd_pj, no_peserta)
        values (@norm, @name, @nik, @sex, @born, @day, @phones, @payer, @card)
        """;

    private const string InsertVisit = """
        insert into reg_periksa (no_reg, no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, p_jawab, stts, stts_daftar, status_lanjut, kd_pj)
        values (@noreg, @norawat, @regday, @jamreg, @doctor, @norm, @clinic, '-', 'Belum', @known, 'Ralan', @payer)
        """;

    private const string InsertBooking = """
        insert into referensi_mobilejkn_bpjs (nobooking, no_rawat, nomorkartu, nik, nohp, kodepoli, pasienbaru, norm, tanggalperiksa, kodedokter, jampraktek,
            jeniskunjungan, nomorreferensi, nomorantrean, angkaantrean, estimasidilayani, sisakuotajkn, kuotajkn, sisakuotanonjkn, kuotanonjkn, status, validasi, statuskirim)
        values (@kodebooking, @norawat, @card, @nik, @appphone, @bpjspoli, '0', @norm, @day, @bpjsdokter, @jampraktek,
            '1 (Rujukan FKTP)', @reference, @noantrean, @noreg, @estimasi, 10, 60, 10, 60, 'Belum', '0000-00-00 00:00:00', 'Belum')
        """;

    private const string UpdateCheckIn = "update referensi_mobilejkn_bpjs set status = 'Checkin', validasi = @at where nobooking = @kodebooking";

    private const string InsertSep = """
        insert into bridging_sep (no_sep, no_rawat, tglsep, tglrujukan, no_rujukan, jnspelayanan, kdpolitujuan, nomr, nama_pasien, no_kartu, asal_rujukan, noskdp, kddpjp)
        values (@nosep, @norawat, @day, @day, @reference, '2', @bpjspoli, @norm, @name, @card, '1. Faskes 1', @letter, @bpjsdokter)
        """;

    private const string InsertFileSent = """
        insert into mutasi_berkas (no_rawat, status, dikirim, diterima, kembali, tidakada, ranap)
        values (@norawat, 'Sudah Dikirim', @typed, '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00')
        """;

    private const string InsertFileSentAndReceived = """
        insert into mutasi_berkas (no_rawat, status, dikirim, diterima, kembali, tidakada, ranap)
        values (@norawat, 'Sudah Diterima', @typed, @typed, '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00')
        """;

    private const string UpdateFileReceived = "update mutasi_berkas set status = 'Sudah Diterima', diterima = @typed where no_rawat = @norawat";

    private const string InsertNote = """
        insert into pemeriksaan_ralan (no_rawat, tgl_perawatan, jam_rawat, tensi, keluhan, nip)
        values (@norawat, @typedday, @typedtime, '120/80', '-', @doctor)
        """;

    private const string InsertPrescription = """
        insert into resep_obat (no_resep, tgl_perawatan, jam, no_rawat, kd_dokter, tgl_peresepan, jam_peresepan, status, tgl_penyerahan, jam_penyerahan)
        values (@noresep, '0000-00-00', '00:00:00', @norawat, @doctor, @typedday, @typedtime, 'ralan', '0000-00-00', '00:00:00')
        """;

    private const string UpdateFileReturned = "update mutasi_berkas set status = 'Sudah Kembali', kembali = @typed where no_rawat = @norawat";

    private const string GarbleReceipt = "update mutasi_berkas set status = 'Sudah Diterima', diterima = @halfzero where no_rawat = @norawat";

    private const string RetypeSent = "update mutasi_berkas set dikirim = @typed where no_rawat = @norawat";

    private const string EraseSent = "update mutasi_berkas set dikirim = '0000-00-00 00:00:00' where no_rawat = @norawat";

    private const string RetypeReceived = "update mutasi_berkas set diterima = @typed where no_rawat = @norawat";

    private const string InsertGarbledNote = """
        insert into pemeriksaan_ralan (no_rawat, tgl_perawatan, jam_rawat, tensi, keluhan, nip)
        values (@norawat, @typedday, @impossible, '120/80', '-', @doctor)
        """;

    private const string CancelBooking = "update referensi_mobilejkn_bpjs set status = 'Batal' where nobooking = @kodebooking";

    private const string InsertCancellation = """
        insert into referensi_mobilejkn_bpjs_batal (no_rkm_medis, no_rawat_batal, nomorreferensi, tanggalbatal, keterangan, statuskirim, nobooking)
        values (@norm, @norawat, @reference, @typed, 'Batal', 'Belum', @kodebooking)
        """;

    // Takes file movement, notes and SEP with it; a prescription forbids it.
    private const string DeleteVisit = "delete from reg_periksa where no_rawat = @norawat";

    private const string UpdateStatus = "update reg_periksa set stts = @stts where no_rawat = @norawat";

    /// <summary>Runs the step's statements in the transaction.</summary>
    /// <exception cref="DbException">The database refused a statement that it should have taken.</exception>
    /// <exception cref="InvalidOperationException">The database took a deletion that it should have refused.</exception>
    public static async Task Run(DbTransaction transaction, DayStep step, CancellationToken ct)
    {
        if (step.Kind == StepKind.TryToDelete)
        {
            await MustBeRefused(transaction, step, ct);
            return;
        }

        foreach (var (sql, stts) in StatementsOf(step))
            await Execute(transaction, step, sql, stts, ct);
    }

    // The clerk is told that there is a prescription, and leaves it at that.
    private static async Task MustBeRefused(DbTransaction transaction, DayStep step, CancellationToken ct)
    {
        const int ParentRowReferenced = 1451;
        try
        {
            await Execute(transaction, step, DeleteVisit, "", ct);
        }
        catch (MariaDbException e) when (e.Number == ParentRowReferenced)
        {
            return;
        }

        throw new InvalidOperationException($"The visit {step.Visit.NoRawat} has a prescription and was deleted all the same.");
    }

    private static async Task Execute(DbTransaction transaction, DayStep step, string sql, string stts, CancellationToken ct)
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

    private static IEnumerable<(string Sql, string Stts)> StatementsOf(DayStep step) => step.Kind switch
    {
        StepKind.Book => [(InsertPatient, ""), (InsertVisit, ""), (InsertBooking, "")],
        StepKind.Register => [(InsertPatient, ""), (InsertVisit, "")],
        StepKind.CheckIn => [(UpdateCheckIn, "")],
        StepKind.MakeSep => [(InsertSep, "")],
        StepKind.SendFile => [(InsertFileSent, "")],
        StepKind.ReceiveFile => [(UpdateFileReceived, ""), (UpdateStatus, "Berkas Diterima")],
        StepKind.SendAndReceiveFile => [(InsertFileSentAndReceived, ""), (UpdateStatus, "Berkas Diterima")],
        StepKind.ReturnFile => [(UpdateFileReturned, "")],
        StepKind.GarbleReceipt => [(GarbleReceipt, ""), (UpdateStatus, "Berkas Diterima")],
        StepKind.WriteNote => [(InsertNote, ""), (UpdateStatus, "Sudah")],
        StepKind.GarbleNote => [(InsertGarbledNote, ""), (UpdateStatus, "Sudah")],
        StepKind.Prescribe => [(InsertPrescription, "")],
        StepKind.RetypeSent => [(RetypeSent, "")],
        StepKind.RetypeReceived => [(RetypeReceived, "")],
        StepKind.EraseSent => [(EraseSent, "")],
        StepKind.Cancel => [(UpdateStatus, "Batal")],
        StepKind.CancelBooking => [(CancelBooking, ""), (InsertCancellation, ""), (DeleteVisit, "")],
        StepKind.Delete or StepKind.TryToDelete => [(DeleteVisit, "")],
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
            ("@phones", v.Patient.PhoneTyped), ("@appphone", StepTexts.AppPhone(v)), ("@card", v.Kind == VisitKind.NonJkn ? "" : v.Patient.Card), ("@day", v.ServiceDate), ("@noreg", v.NoReg), ("@norawat", v.NoRawat),
            ("@kodebooking", v.Kodebooking), ("@regday", StepTexts.RegisteredDay(v)), ("@jamreg", StepTexts.RegisteredTime(v)), ("@known", v.Irregularity == Irregularity.NewPatient ? "Baru" : "Lama"), ("@doctor", v.Doctor.Code), ("@clinic", v.Clinic.Code),
            ("@payer", v.Kind == VisitKind.NonJkn ? Hospital.OwnPayer : Hospital.BpjsPayer),
            ("@bpjspoli", v.Clinic.BpjsCode ?? ""), ("@bpjsdokter", v.Doctor.BpjsCode ?? ""), ("@jampraktek", StepTexts.Hours(v)), ("@reference", v.Reference),
            ("@noantrean", $"{v.Clinic.BpjsCode}-{v.NoReg}"), ("@estimasi", StepTexts.Estimate(v)),
            ("@nosep", StepTexts.Sep(v)), ("@letter", v.HasControlLetter ? StepTexts.ControlLetter(v) : ""), ("@at", step.At),
            ("@typed", step.Typed), ("@typedday", DateOnly.FromDateTime(step.Typed)), ("@typedtime", step.Typed.TimeOfDay),
            ("@halfzero", StepTexts.HalfZero(step.Typed)), ("@impossible", StepTexts.ImpossibleTime(v)), ("@noresep", StepTexts.Prescription(v)), ("@stts", stts),
        ];
    }
}
