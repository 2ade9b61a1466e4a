using System.Globalization;

namespace Alur.Simulators;

/// <summary>
/// The hospital's wall clock of a compressed day: from the anchor (a real instant) on it runs <see cref="Factor"/> times as
/// fast, from <see cref="Start"/> to <see cref="End"/>, and then at real pace, so that a slow machine does not slip into the next day.
/// Processes given the same values agree on the time without talking to each other. Timers stay real: only
/// "what time is it at the hospital" is compressed, never engine time.
/// </summary>
/// <param name="start">Hospital time at the anchor; its offset is the hospital's zone for the whole day.</param>
/// <param name="end">Hospital time at which the compressed day ends.</param>
/// <param name="factor">Hospital seconds per real second, greater than zero.</param>
/// <param name="anchor">The real instant at which the day starts; before it the clock stands at <paramref name="start"/>.</param>
public sealed class HospitalClock(DateTimeOffset start, DateTimeOffset end, double factor, DateTimeOffset anchor) : TimeProvider
{
    /// <summary>Hospital time at the anchor.</summary>
    public DateTimeOffset Start { get; } = start;

    /// <summary>Hospital time at which the compressed day ends.</summary>
    public DateTimeOffset End { get; } = end > start ? end : throw new ArgumentOutOfRangeException(nameof(end), "The day must end after it starts.");

    /// <summary>Hospital seconds per real second.</summary>
    public double Factor { get; } = factor > 0 ? factor : throw new ArgumentOutOfRangeException(nameof(factor), "The factor must be greater than zero.");

    /// <summary>The real instant at which the day starts.</summary>
    public DateTimeOffset Anchor { get; } = anchor;

    /// <summary>When the clock shows a wrong time: a machine that was set by hand, or whose battery is empty. None on a clock that is right.</summary>
    public IReadOnlyList<ClockJump> Jumps { get; init; } = [];

    /// <summary>The real instant at which the compressed day is over.</summary>
    public DateTimeOffset RealEnd => Anchor + ((End - Start) / Factor);

    /// <summary>Hospital time now, in the hospital's offset.</summary>
    public DateTimeOffset Now => At(DateTimeOffset.UtcNow);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now.ToUniversalTime();

    /// <summary>What the clock shows at a real instant.</summary>
    public DateTimeOffset At(DateTimeOffset real) =>
        Smooth(real) + Jumps.Where(j => j.From <= real && real < j.Until).Aggregate(TimeSpan.Zero, (sum, j) => sum + j.By);

    /// <summary>Reads <c>START/END*FACTOR@ANCHOR</c> and any number of <c>~FROM|UNTIL|SECONDS</c>, the form that <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The text does not have that form.</exception>
    public static HospitalClock Parse(string text)
    {
        string[] all = text.Split('~');
        var parts = all[0].Split('/', '*', '@');
        if (parts.Length != 4)
            throw new FormatException($"'{text}' is not a hospital clock; expected START/END*FACTOR@ANCHOR.");
        return new(Instant(parts[0]), Instant(parts[1]), double.Parse(parts[2], CultureInfo.InvariantCulture), Instant(parts[3]))
        {
            Jumps = [.. all.Skip(1).Select(ParseJump)],
        };
    }

    /// <summary>The clock as <c>START/END*FACTOR@ANCHOR</c>, with <c>~FROM|UNTIL|SECONDS</c> for each jump.</summary>
    public override string ToString() => string.Concat(Jumps.Select(j => string.Create(CultureInfo.InvariantCulture, $"~{j.From:O}|{j.Until:O}|{j.By.TotalSeconds:R}"))
        .Prepend(string.Create(CultureInfo.InvariantCulture, $"{Start:O}/{End:O}*{Factor:R}@{Anchor:O}")));

    private static ClockJump ParseJump(string text) => text.Split('|') is [var from, var until, var seconds]
        ? new(Instant(from), Instant(until), TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)))
        : throw new FormatException($"'{text}' is not a jump of a clock; expected FROM|UNTIL|SECONDS.");

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private DateTimeOffset Smooth(DateTimeOffset real)
    {
        if (real <= Anchor)
            return Start;
        return real < RealEnd ? Start + ((real - Anchor) * Factor) : End + (real - RealEnd);
    }
}

/// <summary>A time during which a clock shows a wrong time and then the right one again.</summary>
/// <param name="From">The real instant at which it begins.</param>
/// <param name="Until">The real instant at which it is over.</param>
/// <param name="By">By how much the clock is ahead, or behind when negative.</param>
public sealed record ClockJump(DateTimeOffset From, DateTimeOffset Until, TimeSpan By);
