using Alur.Antrean.Tasks;
using Alur.Platform.Doctor;

namespace Alur.Antrean.Board;

/// <summary>The words of this module's pages that more than one of them uses.</summary>
internal static class BoardWords
{
    /// <summary>The module's heading in the navigation.</summary>
    public static readonly Words Section = new("Antrean BPJS", "BPJS queue");

    private static readonly Dictionary<string, Words> Tasks = new(StringComparer.Ordinal)
    {
        ["1"] = new("Pendaftaran", "Registration"),
        ["A1"] = new("1 Tunggu admisi", "1 Waits for admission"),
        ["A2"] = new("2 Layan admisi", "2 Admission"),
        ["3"] = new("3 Tunggu poli", "3 Waits for clinic"),
        ["4"] = new("4 Layan poli", "4 In clinic"),
        ["5"] = new("5 Selesai poli", "5 Clinic finished"),
        ["6"] = new("6 Layan farmasi", "6 Pharmacy"),
        ["7"] = new("7 Obat selesai", "7 Medicine ready"),
        ["99"] = new("99 Batal", "99 Cancelled"),
    };

    private static readonly Dictionary<string, Words> States = new(StringComparer.Ordinal)
    {
        ["sent"] = new("terkirim", "sent"),
        ["ready"] = new("siap, tidak dikirim", "ready, not sent"),
        ["held"] = new("tertahan", "held"),
        ["failed"] = new("gagal", "failed"),
        ["cancelled"] = new("batal", "cancelled"),
        ["pending"] = new("menunggu kirim", "waiting"),
    };

    private static readonly Dictionary<string, Words> Menders = new(StringComparer.Ordinal)
    {
        ["master data"] = new("petugas data master", "master data"),
        ["clinic"] = new("poliklinik", "clinic"),
        ["front office"] = new("pendaftaran", "front office"),
        ["administrator"] = new("administrator", "administrator"),
        ["HFIS operator"] = new("operator HFIS", "HFIS operator"),
        ["nobody: it stays unsent"] = new("tidak ada; tidak akan terkirim", "nobody; it stays unsent"),
        ["nobody: it passes by itself"] = new("tidak ada; selesai sendiri", "nobody; it passes by itself"),
    };

    private static readonly Dictionary<string, Words> Events = new(StringComparer.Ordinal)
    {
        ["OBSERVED"] = new("teramati", "observed"),
        ["CORRECTED"] = new("waktunya diubah di Khanza", "its moment was changed in Khanza"),
        ["HELD"] = new("ditahan", "held"),
        ["RELEASED"] = new("tidak tertahan lagi", "no longer held"),
        ["QUEUED"] = new("masuk antrean kirim", "queued"),
        ["WITHDRAWN"] = new("ditarik dari antrean kirim", "withdrawn from the queue"),
        ["SENT"] = new("diterima BPJS", "accepted by BPJS"),
        ["FAILED"] = new("gagal", "failed"),
        ["REQUEUED"] = new("dikirim ulang", "sent again"),
        ["REOPENED"] = new("dibuka kembali", "reopened"),
        ["CANCELLED"] = new("dibatalkan", "cancelled"),
        ["RESTORED"] = new("berlaku lagi", "restored"),
    };

    private static readonly Dictionary<string, Words> Cancelled = new(StringComparer.Ordinal)
    {
        ["CANCELLED_IN_KHANZA"] = new("Dibatalkan di Khanza.", "Cancelled in Khanza."),
        ["CANCELLED_AT_BPJS"] = new("Dibatalkan di BPJS.", "Cancelled at BPJS."),
        ["GONE_FROM_KHANZA"] = new("Tidak ada lagi di Khanza.", "No longer in Khanza."),
    };

    /// <summary>A task by its code, with BPJS's number where it has one.</summary>
    public static Words Task(string code) => Tasks.GetValueOrDefault(code) ?? new(code, code);

    /// <summary>sent, ready, held, failed, cancelled or pending.</summary>
    public static Words State(string state) => States.GetValueOrDefault(state) ?? new(state, state);

    /// <summary>The colour of a state, see alur.css.</summary>
    public static string Colour(string state) => state switch
    {
        "sent" => "state-good",
        "pending" => "state-wait",
        "ready" => "state-ready",
        "held" => "state-held",
        "failed" => "state-bad",
        _ => "state-off",
    };

    /// <summary>A status of <see cref="VisitEvent"/>, which speaks of the registration.</summary>
    public static Words Registration(string status, string mode) => status switch
    {
        "SENT_BPJS" => new("diterima BPJS", "accepted by BPJS"),
        "FAILED_BPJS" => new("gagal", "failed"),
        "BLOCKED_BPJS" => new("tidak dapat didaftarkan", "cannot be registered"),
        _ when mode == "observe" => States["ready"],
        _ => new("siap didaftarkan", "ready to be registered"),
    };

    /// <summary>What happened to a task, as <see cref="GetVisitHistory.Entry"/> has it.</summary>
    public static Words Event(string happened) => Events.GetValueOrDefault(happened) ?? new(happened, happened);

    /// <summary>A role of <see cref="HeldReason.Mender"/>.</summary>
    public static Words Mender(string mender) => Menders.GetValueOrDefault(mender) ?? new(mender, mender);

    /// <summary>A held or cancelled reason in one sentence.</summary>
    public static Words Reason(string code) =>
        HeldReasons.All.FirstOrDefault(reason => reason.Code == code) is { } held ? new(held.Sentence, held.English) : Cancelled.GetValueOrDefault(code) ?? new(code, code);
}
