using System.Globalization;
using Alur.Simulators;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;

namespace Alur.Host.Commands.Demo;

/// <summary>What was asked for.</summary>
/// <param name="Day">The hospital day that is played, 07:00 to 15:00.</param>
/// <param name="DaySeconds">How long it takes in real time.</param>
internal sealed record DemoSettings(int Visits, string Faults, int Seed, bool Json, bool Keep, DateOnly Day, double DaySeconds)
{
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    // Invented, for loopback only.
    public const string ConsId = "10042";
    public const string Secret = "demo-secret";
    public const string UserKey = "demo-user-key";

    private static readonly TimeSpan Wib = TimeSpan.FromHours(7);

    /// <summary>Khanza as some hospitals have changed it, instead of Khanza's own form.</summary>
    public bool Fork { get; init; }

    public DayRequest Request => new(Day, Visits, Seed) { NumberDigits = Fork ? DayRequest.ForkDigits : DayRequest.KhanzaDigits };

    public BpjsFaults BpjsFaults => BpjsFaults.Named(Faults, Seed);

    public bool IsHeavy => Faults == "heavy";

    /// <summary>On a heavy day: when Khanza's database is restarted, and when the server is killed.</summary>
    public static (TimeOnly Khanza, TimeOnly Server) Disturbances { get; } = (new(9, 30), new(12, 0));

    /// <summary>How long to wait after the day without any call at BPJS before giving up.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>Settings of the server that replace the demo's own.</summary>
    public required IReadOnlyList<(string Key, string Value)> ServerSettings { get; init; }

    /// <summary>The last working day before today, by the hospital's calendar.</summary>
    public static DateOnly LastWorkingDay(DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.ToOffset(Wib).DateTime).AddDays(-1);
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            day = day.AddDays(-1);
        return day;
    }

    /// <summary>The hospital's clock, starting at the anchor.</summary>
    public HospitalClock Clock(DateTimeOffset anchor) => ClockOf(Day, DaySeconds, anchor);

    /// <summary>The clock of a whole day that takes so many seconds from the anchor on.</summary>
    public static HospitalClock ClockOf(DateOnly day, double seconds, DateTimeOffset anchor)
    {
        var hours = new DayRequest(day, 0, 0);
        var opens = new DateTimeOffset(day.ToDateTime(hours.Opens), Wib);
        var closes = new DateTimeOffset(day.ToDateTime(hours.Closes), Wib);
        return new(opens, closes, (closes - opens).TotalSeconds / seconds, anchor);
    }

    /// <summary>The configuration of the server, as somebody would write it for a real hospital, with shortened cadences.</summary>
    public Dictionary<string, string> Serve(HospitalClock clock, string bpjsUrl, DemoStage stage)
    {
        var settings = Usual(clock, bpjsUrl, stage);
        if (IsHeavy)
        {
            // Silence is common today; and what a killed server had in hand is taken up again when its leases are over.
            settings["Antrean:Sites:default:Bpjs:TimeoutSeconds"] = "2";
            settings["Antrean:Sites:default:Bpjs:ListLagSeconds"] = "2";
            settings["Delivery:CallTimeout"] = "00:00:03";
            settings["Delivery:Lease"] = "00:00:09";
        }

        foreach (var (key, value) in ServerSettings)
            settings[key] = value;
        return settings;
    }

    private Dictionary<string, string> Usual(HospitalClock clock, string bpjsUrl, DemoStage stage) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["Urls"] = "http://127.0.0.1:0",
        ["ConnectionStrings:Alur"] = stage.Postgres.AppConnectionString,
        ["ConnectionStrings:AlurOwner"] = stage.Postgres.OwnerConnectionString,
        ["Identity:SecondFactorKeyFile"] = Path.Combine(stage.Directory, "second-factor.key"),
        ["Journal:SealKeyFile"] = Path.Combine(stage.Directory, "journal-seal.pem"),
        ["Demo:Clock"] = clock.ToString(),
        ["Antrean:PollInterval"] = Poll.ToString(),
        ["Antrean:BuildInterval"] = "00:00:00.500",
        ["Antrean:ReconcileInterval"] = "00:00:01",
        ["Antrean:ReferenceInterval"] = "00:00:05",
        ["Delivery:WorkerInterval"] = "00:00:00.500",
        ["Delivery:CallTimeout"] = "00:00:12",
        ["Delivery:Lease"] = "00:00:30",
        ["Delivery:BackOffBase"] = "00:00:00.250",
        ["Delivery:BackOffCap"] = "00:00:02",
        ["Resilience:OpenFor"] = "00:00:01",
        ["Antrean:Sites:default:Name"] = "RS Contoh (demo)",
        ["Antrean:Sites:default:Mode"] = "send",
        ["Antrean:Sites:default:SendFrom"] = string.Create(CultureInfo.InvariantCulture, $"{Day:yyyy-MM-dd}T00:00:00+07:00"),
        ["Antrean:Sites:default:Profile"] = Fork ? "task-columns" : "khanza",
        ["Antrean:Sites:default:OnSiteJkn"] = "desktop",
        ["Antrean:Sites:default:Khanza:Host"] = stage.Khanza.Reader.Host,
        ["Antrean:Sites:default:Khanza:Port"] = stage.Khanza.Reader.Port.ToString(CultureInfo.InvariantCulture),
        ["Antrean:Sites:default:Khanza:User"] = stage.Khanza.Reader.User,
        ["Antrean:Sites:default:Khanza:Password"] = stage.Khanza.Reader.Password,
        ["Antrean:Sites:default:Khanza:Database"] = stage.Khanza.Name,
        ["Antrean:Sites:default:Bpjs:BaseUrl"] = bpjsUrl,
        ["Antrean:Sites:default:Bpjs:ConsId"] = ConsId,
        ["Antrean:Sites:default:Bpjs:SecretKey"] = Secret,
        ["Antrean:Sites:default:Bpjs:UserKey"] = UserKey,
        ["Antrean:Sites:default:Bpjs:TimeoutSeconds"] = "10",
        ["Antrean:Sites:default:Bpjs:MaxConcurrent"] = "16",
        ["Antrean:Sites:default:Bpjs:MaxPerSecond"] = "1000",
    };
}
