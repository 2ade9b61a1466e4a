namespace Alur.Simulators.Bpjs;

/// <summary>What BPJS says to one call.</summary>
/// <param name="Http">HTTP status.</param>
/// <param name="Code"><c>metadata.code</c>.</param>
/// <param name="Message"><c>metadata.message</c>.</param>
/// <param name="List">A list to encrypt; null for commands.</param>
internal sealed record Answer(int Http, int Code, string Message, object? List = null)
{
    public static readonly Answer Ok = new(200, 200, "Ok");

    public bool Accepted => Code is 200 or 208 or 1;

    public static Answer Of(object list) => Ok with { List = list };

    public static Answer Duplicate(string message) => new(200, 208, message);

    public static Answer Refused(string message) => new(200, 201, message);
}

/// <summary>Texts that BPJS is known to answer with (they are its interface). Times in them are Western Indonesian.</summary>
internal static class DocumentedAnswers
{
    public static readonly Answer DuplicateBooking = Answer.Duplicate("Terdapat duplikasi Kode Booking");
    public static readonly Answer UnknownBooking = Answer.Refused("Kode Booking tidak ditemukan");
    public static readonly Answer Cancelled = Answer.Refused("TaskId terakhir 99");
    public static readonly Answer WrongReference = Answer.Refused("data nomorreferensi  belum sesuai.");
    public static readonly Answer BadReferral = Answer.Refused("Rujukan tidak valid");
    public static readonly Answer NoContent = new(200, 204, "No Content");
    public static readonly Answer TryAgain = new(200, 404, "Gagal dicoba kembali");

    public static Answer ExpiredReferral(string reference) => Answer.Refused($"Rujukan nomor {reference} masa berlaku habis");

    public static Answer SepIssued(string reference) => Answer.Refused($"Rujukan {reference} sudah terbit SEP");

    public static Answer DuplicateTask(int task) => Answer.Duplicate($"TaskId={task} sudah ada");

    public static Answer LastTask(int task) => Answer.Refused($"TaskId terakhir {task}");

    public static Answer TaskMissing(int task) => Answer.Refused($"TaskId={task} belum ada");

    public static Answer NotLater(long waktu, long previous) =>
        Answer.Refused($"Waktu ({Wib(waktu)}) tidak boleh kurang atau sama dengan waktu sebelumnya ({Wib(previous)})");

    public static Answer LaterThan(long waktu, int following, long itsWaktu) =>
        Answer.Refused($"Waktu ({Wib(waktu)}) lebih besar dari pada TaskId={following} ({Wib(itsWaktu)})");

    public static Answer WrongDay(long waktu, DateOnly day) =>
        Answer.Refused($"Waktu tidak valid ({Wib(waktu)}). Tanggal pelayanan untuk Kode Booking tersebut adalah ({day:yyyy-MM-dd})");

    private static string Wib(long waktu) => $"{AntreanRules.InWib(waktu):yyyy-MM-dd HH:mm:ss} WIB";
}

/// <summary>
/// *Invented.* BPJS's texts for these refusals are not public; only that it refuses is known (or inferred). Nothing may be built on
/// the wording, and each row is to be replaced once somebody sees the real one.
/// </summary>
internal static class InventedAnswers
{
    public static readonly Answer UnknownConsumer = new(401, 401, "Unauthorized: X-cons-id tidak dikenal");
    public static readonly Answer WrongUserKey = new(403, 403, "Forbidden: user_key tidak dikenal");
    public static readonly Answer WrongSignature = new(200, 201, "X-signature tidak sesuai");
    public static readonly Answer Expired = new(200, 201, "Service Expired: X-timestamp di luar batas waktu");
    public static readonly Answer UnreadableBody = Answer.Refused("Format data tidak sesuai");
    public static readonly Answer PastDate = Answer.Refused("Tanggal periksa sudah lewat");
    public static readonly Answer AlreadyCancelled = Answer.Refused("Kode Booking sudah dibatalkan");
    public static readonly Answer UnknownTask = Answer.Refused("taskid tidak sesuai");
    public static readonly Answer UnreadableTime = Answer.Refused("waktu tidak sesuai format");
    public static readonly Answer NoReason = Answer.Refused("keterangan harus diisi");

    public static Answer BadField(string field) => Answer.Refused($"{field} tidak sesuai");
}
