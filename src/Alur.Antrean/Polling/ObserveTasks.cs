using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;

namespace Alur.Antrean.Polling;

/// <summary>Which tasks happened, and when, according to the sources the hospital chose.</summary>
internal static class ObserveTasks
{
    /// <summary>
    /// For each task the first source that is present gives the moment, whether or not it fits the order: a moment that
    /// does not fit is held and shown, never exchanged for one that looks better. A booking's jam_reg is no moment of its day of service.
    /// </summary>
    public static IEnumerable<ObservedTask> Of(
        Func<string, DateTime?> momentOf, Site site, bool booked)
    {
        foreach (var (task, sources) in site.Sources)
        {
            foreach (var source in sources)
            {
                if ((booked && source == "reg_periksa.jam_reg") || momentOf(source) is not { } moment)
                    continue;
                yield return new ObservedTask(task, moment.ToInstant(site.Zone), source);
                break;
            }
        }
    }
}
