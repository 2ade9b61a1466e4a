using System.Text;

namespace Alur.Simulators.Bpjs;

/// <summary>
/// What goes wrong, by share of calls (0…1) and from one seed. The same call made for the same time gets the same fate for the same
/// seed, whatever order the calls arrive in.
/// </summary>
public sealed record BpjsFaults
{
    /// <summary>A friendly day.</summary>
    public static BpjsFaults None { get; } = new();

    /// <summary>Seed of all chances.</summary>
    public int Seed { get; init; }

    /// <summary>HTTP 500 with a short text.</summary>
    public double ServerError { get; init; }

    /// <summary>HTTP 200 with an HTML page.</summary>
    public double Html { get; init; }

    /// <summary>HTTP 200 with an empty body.</summary>
    public double Empty { get; init; }

    /// <summary>No answer for <see cref="SlowSeconds"/>, then none at all; nothing is processed.</summary>
    public double Slow { get; init; }

    /// <summary>The connection is reset; nothing is processed.</summary>
    public double Reset { get; init; }

    /// <summary>A success whose encrypted response does not decode; nothing is processed.</summary>
    public double BrokenBase64 { get; init; }

    /// <summary>BPJS's own transient refusal, <c>404 Gagal dicoba kembali</c>.</summary>
    public double TryAgain { get; init; }

    /// <summary>The call is processed, but its answer never arrives (reset or silence).</summary>
    public double AcceptedThenLost { get; init; }

    /// <summary>Length of a silence; longer than any time-out of a caller.</summary>
    public double SlowSeconds { get; init; } = 30;

    /// <summary>Times at which nothing answers properly, by the hospital's clock.</summary>
    public IReadOnlyList<Outage> Outages { get; init; } = [];

    /// <summary>2 % faulty answers (a quarter of them to calls that were processed all the same) and one outage of 10 minutes of the hospital's day, some time between 9 and 11.</summary>
    public static BpjsFaults Light(int seed) => new()
    {
        Seed = seed,
        ServerError = 0.004,
        Html = 0.002,
        Empty = 0.002,
        Reset = 0.002,
        BrokenBase64 = 0.002,
        TryAgain = 0.003,
        AcceptedThenLost = 0.005,
        Outages = [new Outage(new TimeOnly(9, 0).AddMinutes(Chance(seed, "outage") * 120), 10)],
    };

    /// <summary>15 % faulty answers, 3 % more to calls that were processed all the same, and three outages of 10 minutes of the hospital's day.</summary>
    public static BpjsFaults Heavy(int seed) => new()
    {
        Seed = seed,
        ServerError = 0.035,
        Html = 0.02,
        Empty = 0.02,
        Slow = 0.01,
        Reset = 0.025,
        BrokenBase64 = 0.02,
        TryAgain = 0.02,
        AcceptedThenLost = 0.03,
        Outages = [.. ((TimeOnly[])[new(7, 30), new(10, 0), new(12, 30)]).Select((from, n) => new Outage(from.AddMinutes(Math.Floor(Chance(seed, $"outage {n}") * 90)), 10))],
    };

    /// <summary>The faults of a name: none, light or heavy.</summary>
    public static BpjsFaults Named(string name, int seed) => name switch
    {
        "none" => None,
        "light" => Light(seed),
        "heavy" => Heavy(seed),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "none, light or heavy"),
    };

    /// <summary>The fate of the <paramref name="nth"/> call of this kind.</summary>
    internal Fault For(string call, int nth, DateTimeOffset hospitalNow)
    {
        if (Outages.Any(o => o.Holds(hospitalNow)))
        {
            return Chance(Seed, $"{call} {nth} outage") < 0.5 ? Fault.ServerError : Fault.Reset;
        }

        var chance = Chance(Seed, $"{call} {nth}");
        foreach (var (share, fault) in new[]
        {
            (ServerError, Fault.ServerError), (Html, Fault.Html), (Empty, Fault.Empty), (Slow, Fault.Slow), (Reset, Fault.Reset),
            (BrokenBase64, Fault.BrokenBase64), (TryAgain, Fault.TryAgain),
            (AcceptedThenLost / 2, Fault.AcceptedThenReset), (AcceptedThenLost / 2, Fault.AcceptedThenSilent),
        })
        {
            if (chance < share)
            {
                return fault;
            }

            chance -= share;
        }

        return Fault.None;
    }

    /// <summary>A number in [0, 1) that depends on nothing but its arguments (FNV-1a, then a finalising mix).</summary>
    private static double Chance(int seed, string call)
    {
        var hash = 14695981039346656037UL ^ (uint)seed;
        foreach (var b in Encoding.UTF8.GetBytes(call))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return ((hash ^ (hash >> 33)) >> 11) / (double)(1UL << 53);
    }
}

/// <summary>A time of the hospital's day (Western Indonesian time) at which BPJS is down.</summary>
/// <param name="From">Begin, by the hospital's clock.</param>
/// <param name="Minutes">Length in minutes of the hospital's clock.</param>
public sealed record Outage(TimeOnly From, double Minutes)
{
    internal bool Holds(DateTimeOffset hospitalNow)
    {
        var since = hospitalNow.ToOffset(HospitalTime.Wib).TimeOfDay - From.ToTimeSpan();
        return since >= TimeSpan.Zero && since < TimeSpan.FromMinutes(Minutes);
    }
}

/// <summary>What happens to one call.</summary>
internal enum Fault
{
    None,
    ServerError,
    Html,
    Empty,
    Slow,
    Reset,
    BrokenBase64,
    TryAgain,
    AcceptedThenReset,
    AcceptedThenSilent,
}
