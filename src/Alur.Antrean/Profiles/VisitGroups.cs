using System.Globalization;
using System.Text;
using Alur.Antrean.Khanza;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Profiles;

/// <summary>Visits that no rule could tell apart: one of them stands for all.</summary>
internal sealed class VisitGroup(VisitRead visit, bool booked, IReadOnlyDictionary<string, DateTime> moments)
{
    public VisitRead Visit => visit;

    /// <summary>How many visits it stands for.</summary>
    public int Count { get; set; }

    /// <summary>The tasks as a poll would observe them if these were the site's sources.</summary>
    public IEnumerable<ObservedTask> Observe(Site site) => ObserveTasks.Of(source => moments.TryGetValue(source, out var moment) ? moment : null, site, booked);
}

/// <summary>
/// Sums up many days in little memory: counts per source, and visits grouped by everything that the rules look at, which are the order of
/// their moments, the days these are on, and what is to be said about the registration.
/// </summary>
internal sealed class VisitGroups(Site site, IReadOnlyDictionary<string, IReadOnlyList<string>> candidates, DateTimeOffset now)
{
    private static readonly TimeZoneInfo Jakarta = TimeZoneInfo.FindSystemTimeZoneById("Asia/Jakarta");

    private readonly Dictionary<string, VisitGroup> _groups = new(StringComparer.Ordinal);
    private readonly string[] _sources = [.. candidates.Values.SelectMany(s => s).Distinct(StringComparer.Ordinal)];
    private readonly SourceCounts _counts = new(candidates);

    public IReadOnlyCollection<VisitGroup> All => _groups.Values;

    /// <summary>Visits counted so far.</summary>
    public int Visits { get; private set; }

    /// <summary>Figures by task and source.</summary>
    public IReadOnlyList<SourceFigures> Figures => _counts.Figures;

    /// <summary>Adds the visits asked for that would be sent at all.</summary>
    public void Add(KhanzaSnapshot khanza, Func<VisitRead, bool> isAskedFor)
    {
        var booked = khanza.Bookings.Select(b => b.VisitId).ToHashSet(StringComparer.Ordinal);
        foreach (var visit in ReadVisit.All(khanza, site).Visits.Where(v => isAskedFor(v) && !v.Cancelled))
        {
            if (!visit.BlockedReasons.Contains("CLINIC_EXCLUDED"))
                Add(visit, booked.Contains(visit.VisitId), khanza);
        }
    }

    private void Add(VisitRead visit, bool booked, KhanzaSnapshot khanza)
    {
        Visits++;
        var moments = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        foreach (var source in _sources)
        {
            if (khanza.Moments.Find(visit.VisitId, source) is { } moment && !(booked && source == "reg_periksa.jam_reg"))
                moments[source] = moment;
            else if (khanza.Moments.IsUnreadable(visit.VisitId, source))
                _counts.AddZero(source);
        }
        _counts.Add(moments, moment => DaysOff(visit, moment) != (0, 0));
        var key = Key(visit, booked, moments);
        if (!_groups.TryGetValue(key, out var group))
            _groups[key] = group = new VisitGroup(visit, booked, moments);
        group.Count++;
    }

    private string Key(VisitRead visit, bool booked, Dictionary<string, DateTime> moments)
    {
        var order = moments.Values.Distinct().Order().ToList();
        var key = new StringBuilder().Append(CultureInfo.InvariantCulture,
            $"{visit.Kind}|{booked}|{visit.NewPatient}|{visit.EventTime is null}|{string.Join(',', visit.BlockedReasons)}");
        foreach (var (source, moment) in moments)
        {
            key.Append(CultureInfo.InvariantCulture,
                $"|{source} {order.BinarySearch(moment)} {DaysOff(visit, moment)} {moment.ToInstant(site.Zone) > now}");
        }
        return key.ToString();
    }

    private (int Hospital, int Jakarta) DaysOff(VisitRead visit, DateTime moment)
    {
        var inJakarta = TimeZoneInfo.ConvertTime(moment.ToInstant(site.Zone), Jakarta).DateTime;
        return (Day(moment) - visit.ServiceDate.DayNumber, Day(inJakarta) - visit.ServiceDate.DayNumber);
    }

    private static int Day(DateTime time) => DateOnly.FromDateTime(time).DayNumber;
}
