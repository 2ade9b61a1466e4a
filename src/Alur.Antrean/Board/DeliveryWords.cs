using Alur.Platform.Doctor;

namespace Alur.Antrean.Board;

/// <summary>The words of deliveries.</summary>
internal static class DeliveryWords
{
    public static readonly string[] Statuses = ["PENDING", "SENDING", "SEND", "FAILED", "CANCELLED"];

    /// <summary>Tasks that can be in the queue.</summary>
    public static readonly string[] Tasks = ["1", "3", "4", "5"];

    /// <summary>A state of <see cref="ListQueue.QueueRow"/>.</summary>
    public static Words Status(string status) => status switch
    {
        "PENDING" => new("menunggu kirim", "waiting"),
        "SENDING" => new("sedang dikirim", "being sent"),
        "SEND" => new("terkirim", "sent"),
        "FAILED" => new("gagal", "failed"),
        _ => new("dibatalkan", "cancelled"),
    };

    /// <summary>The colour of a state.</summary>
    public static string Colour(string status) => status switch
    {
        "PENDING" or "SENDING" => "state-wait",
        "SEND" => "state-good",
        "FAILED" => "state-bad",
        _ => "state-off",
    };

    /// <summary>What came of a call, see <see cref="ListLogs.LogRow"/>, with its colour.</summary>
    public static (Words Word, string Colour) Outcome(string outcome) => outcome switch
    {
        "DELIVERED" => (new("diterima", "accepted"), "state-good"),
        "RETRY_LATER" => (new("dicoba lagi", "tried again"), "state-held"),
        "NOT_YET" => (new("belum waktunya", "not yet"), "state-wait"),
        _ => (new("ditolak", "refused"), "state-bad"),
    };
}
