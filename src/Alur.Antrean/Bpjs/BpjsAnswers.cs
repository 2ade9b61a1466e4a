using System.Text.RegularExpressions;

namespace Alur.Antrean.Bpjs;

/// <summary>The calls whose answers are read differently.</summary>
[Flags]
internal enum BpjsCall
{
    Add = 1,
    UpdateWaktu = 2,
    Batal = 4,
    FarmasiAdd = 8,

    /// <summary>Lists of bookings and tasks: <c>getlisttask</c>, <c>pendaftaran/…</c>.</summary>
    List = 16,

    /// <summary>Reference lists: <c>ref/…</c>, <c>jadwaldokter/…</c>.</summary>
    Reference = 32,

    Commands = Add | UpdateWaktu | Batal | FarmasiAdd,
    Lists = List | Reference,
    Any = Commands | Lists,
}

/// <summary>What an answer means for the hospital.</summary>
internal enum AnswerMeaning
{
    Accepted,
    AlreadyThere,
    EmptyList,
    LaterTaskRecorded,
    CancelledAtBpjs,
    PredecessorMissing,
    NotLater,
    LaterThanFollowing,
    WrongDay,
    BookingUnknown,
    ReferenceMismatch,
    ReferralInvalid,
    SepIssued,
    CredentialsOrClock,
    WrongAddress,
    TryAgain,
    TooMany,
    Outage,
    Refused,
}

/// <summary>What is done about it.</summary>
internal enum AnswerAction
{
    Success,
    Reconcile,
    Reject,
    Pause,
    RetryLater,
    RetryOutage,
}

/// <summary>
/// Every known answer of BPJS in one table; the first row that fits decides. BPJS's wording varies over the years, so texts are
/// compared in lower case with white space folded. The last rows catch whatever nobody has documented.
/// </summary>
internal static class BpjsAnswers
{
    private static readonly Row[] s_rows =
    [
        // What comes before any BPJS text can be read.
        new(BpjsCall.Any, ReplyKind.NoAnswer, null, null, AnswerMeaning.Outage),
        new(BpjsCall.Any, ReplyKind.ServerError, null, null, AnswerMeaning.Outage),
        new(BpjsCall.Any, ReplyKind.Empty, null, null, AnswerMeaning.Outage),
        new(BpjsCall.Any, ReplyKind.NotJson, null, null, AnswerMeaning.Outage),
        new(BpjsCall.Any, ReplyKind.BadEnvelope, null, null, AnswerMeaning.Outage),
        new(BpjsCall.Any, ReplyKind.Undecryptable, null, null, AnswerMeaning.Outage),
        new(BpjsCall.Any, ReplyKind.Denied, null, null, AnswerMeaning.CredentialsOrClock),
        new(BpjsCall.Any, ReplyKind.TooMany, null, null, AnswerMeaning.TooMany),
        new(BpjsCall.Any, ReplyKind.Moved, null, null, AnswerMeaning.WrongAddress),
        new(BpjsCall.Any, ReplyKind.NoSuchPath, null, null, AnswerMeaning.WrongAddress),

        // Success. Reference lists really answer 1.
        new(BpjsCall.Any, ReplyKind.Envelope, "200", null, AnswerMeaning.Accepted),
        new(BpjsCall.Reference, ReplyKind.Envelope, "1", null, AnswerMeaning.Accepted),
        new(BpjsCall.Commands, ReplyKind.Envelope, "208", null, AnswerMeaning.AlreadyThere),
        new(BpjsCall.FarmasiAdd, ReplyKind.Envelope, "201", "sudah ada", AnswerMeaning.AlreadyThere),
        new(BpjsCall.Lists, ReplyKind.Envelope, "201", "no content|tidak ada data|data tidak ada", AnswerMeaning.EmptyList),
        new(BpjsCall.Lists, ReplyKind.Envelope, "204", null, AnswerMeaning.EmptyList),

        // Credentials and clock, whatever code carries them.
        new(BpjsCall.Any, ReplyKind.Envelope, "401|403", null, AnswerMeaning.CredentialsOrClock),
        new(BpjsCall.Any, ReplyKind.Envelope, null, "service expired|x-?timestamp|signature|cons-?id|user_?key|unauthori[sz]ed|forbidden|authentication|credential|api key", AnswerMeaning.CredentialsOrClock),

        // Transient, although it carries a final-looking code.
        new(BpjsCall.Any, ReplyKind.Envelope, "404", "dicoba kembali", AnswerMeaning.TryAgain),
        new(BpjsCall.Any, ReplyKind.Envelope, "5[0-9][0-9]", null, AnswerMeaning.Outage),
        new(BpjsCall.Any, ReplyKind.Envelope, "429", null, AnswerMeaning.TooMany),

        // Tasks. The wrong-day text names the booking too, so it must be seen before any test for an unknown booking.
        new(BpjsCall.UpdateWaktu, ReplyKind.Envelope, "201", @"terakhir\D{0,3}99\b", AnswerMeaning.CancelledAtBpjs),
        new(BpjsCall.UpdateWaktu, ReplyKind.Envelope, "201", "terakhir", AnswerMeaning.LaterTaskRecorded),
        new(BpjsCall.UpdateWaktu, ReplyKind.Envelope, "201", "waktu tidak valid|tanggal pelayanan", AnswerMeaning.WrongDay),
        new(BpjsCall.UpdateWaktu, ReplyKind.Envelope, "201", "tidak boleh kurang|waktu sebelumnya", AnswerMeaning.NotLater),
        new(BpjsCall.UpdateWaktu, ReplyKind.Envelope, "201", "lebih besar dari ?pada task", AnswerMeaning.LaterThanFollowing),
        new(BpjsCall.UpdateWaktu, ReplyKind.Envelope, "201", "belum terkirim|sebelumnya belum|task ?id.*belum ada", AnswerMeaning.PredecessorMissing),
        new(BpjsCall.UpdateWaktu | BpjsCall.Batal | BpjsCall.FarmasiAdd | BpjsCall.List, ReplyKind.Envelope, "201", "tidak ditemukan|tidak terdaftar|belum terdaftar|booking.*tidak ada", AnswerMeaning.BookingUnknown),

        // Bookings.
        new(BpjsCall.Add, ReplyKind.Envelope, "201", "nomor ?referensi belum sesuai", AnswerMeaning.ReferenceMismatch),
        new(BpjsCall.Add, ReplyKind.Envelope, "201", "rujukan tidak valid|rujukan nomor|masa berlaku", AnswerMeaning.ReferralInvalid),
        new(BpjsCall.Add, ReplyKind.Envelope, "201", "terbit sep", AnswerMeaning.SepIssued),

        // Undocumented: 404 is only ever known as transient, anything else is final and grouped by fingerprint.
        new(BpjsCall.Any, ReplyKind.Envelope, "404", null, AnswerMeaning.TryAgain),
        new(BpjsCall.Any, ReplyKind.Envelope, null, null, AnswerMeaning.Refused),
    ];

    /// <summary>What the answer to this call means; total, and never throws.</summary>
    public static AnswerMeaning Classify(BpjsCall call, BpjsReply reply)
    {
        var message = Fold(reply.Message);
        var meaning = s_rows.First(row => row.Fits(call, reply, message)).Meaning;
        // HTTP says that it was not served: then it is no success, whatever the body says.
        return reply.HttpCode is < 200 or >= 300 && ActionFor(meaning) == AnswerAction.Success ? AnswerMeaning.Outage : meaning;
    }

    /// <summary>What is done about an answer of this meaning.</summary>
    public static AnswerAction ActionFor(AnswerMeaning meaning) => meaning switch
    {
        AnswerMeaning.Accepted or AnswerMeaning.AlreadyThere or AnswerMeaning.EmptyList => AnswerAction.Success,
        AnswerMeaning.LaterTaskRecorded => AnswerAction.Reconcile,
        AnswerMeaning.CredentialsOrClock or AnswerMeaning.WrongAddress => AnswerAction.Pause,
        AnswerMeaning.TooMany => AnswerAction.RetryLater,
        AnswerMeaning.TryAgain or AnswerMeaning.Outage => AnswerAction.RetryOutage,
        AnswerMeaning.CancelledAtBpjs or AnswerMeaning.PredecessorMissing or AnswerMeaning.NotLater or AnswerMeaning.LaterThanFollowing
            or AnswerMeaning.WrongDay or AnswerMeaning.BookingUnknown or AnswerMeaning.ReferenceMismatch or AnswerMeaning.ReferralInvalid
            or AnswerMeaning.SepIssued or AnswerMeaning.Refused => AnswerAction.Reject,
    };

    /// <summary>The call behind a path, such as <c>antrean/updatewaktu</c>.</summary>
    public static BpjsCall CallOf(string path) => path switch
    {
        "antrean/add" => BpjsCall.Add,
        "antrean/updatewaktu" => BpjsCall.UpdateWaktu,
        "antrean/batal" => BpjsCall.Batal,
        "antrean/farmasi/add" => BpjsCall.FarmasiAdd,
        _ when path.StartsWith("ref/", StringComparison.Ordinal) || path.StartsWith("jadwaldokter/", StringComparison.Ordinal) => BpjsCall.Reference,
        _ => BpjsCall.List,
    };

    private static string Fold(string message) => string.Join(' ', message.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>One known answer; null means "any".</summary>
    private sealed class Row(BpjsCall calls, ReplyKind kind, string? code, string? text, AnswerMeaning meaning)
    {
        private readonly Regex? _code = code is null ? null : Pattern($"^({code})$");
        private readonly Regex? _text = text is null ? null : Pattern(text);

        public AnswerMeaning Meaning => meaning;

        public bool Fits(BpjsCall call, BpjsReply reply, string message) =>
            calls.HasFlag(call) && reply.Kind == kind && (_code?.IsMatch(reply.Code ?? "") ?? true) && (_text?.IsMatch(message) ?? true);

        // Non-backtracking: the message is whatever the other side sends.
        private static Regex Pattern(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }
}
