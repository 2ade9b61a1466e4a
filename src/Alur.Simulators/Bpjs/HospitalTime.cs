namespace Alur.Simulators.Bpjs;

/// <summary>
/// What time it is at the hospital. A demo plays a day in a minute, so this clock starts anywhere and runs by a factor; it decides
/// dates only. Signatures are checked against real time.
/// </summary>
internal sealed class HospitalTime
{
    /// <summary>BPJS reckons in Western Indonesian time, wherever the hospital is.</summary>
    public static readonly TimeSpan Wib = TimeSpan.FromHours(7);

    private sealed record Setting(DateTimeOffset Hospital, double Factor, long Started);

    private volatile Setting? _setting;

    /// <summary>The hospital's time now; real time until it was set.</summary>
    public DateTimeOffset Now => _setting is { } s
        ? s.Hospital + (TimeProvider.System.GetElapsedTime(s.Started) * s.Factor)
        : DateTimeOffset.UtcNow;

    /// <summary>From now on it is <paramref name="hospital"/> there, running <paramref name="factor"/> times as fast as real time.</summary>
    public void Set(DateTimeOffset hospital, double factor) => _setting = new(hospital, factor, TimeProvider.System.GetTimestamp());
}
