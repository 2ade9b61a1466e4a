namespace Alur.Simulators.Bpjs;

/// <summary>One booking as BPJS holds it.</summary>
internal sealed class Booking
{
    public required string Kodebooking { get; init; }

    public required DateOnly Tanggalperiksa { get; init; }

    public required string Jenispasien { get; init; }

    public required bool Pasienbaru { get; init; }

    /// <summary>The request as it came, for the lists.</summary>
    public required CallRead Request { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public bool Cancelled { get; set; }

    /// <summary>Claimed moments by task.</summary>
    public SortedList<int, long> Waktu { get; } = [];

    /// <summary>When each task came: by the hospital's clock, and as a real timestamp for the listing lag.</summary>
    public Dictionary<int, (DateTimeOffset At, long Stamp)> Received { get; } = [];

    public static Booking From(CallRead call, DateOnly day, DateTimeOffset now) => new()
    {
        Kodebooking = call.Kodebooking!,
        Tanggalperiksa = day,
        Jenispasien = call.Text("jenispasien")!,
        Pasienbaru = call.Number("pasienbaru") == 1,
        Request = call,
        CreatedAt = now,
    };
}
