using System.Globalization;
using System.Text;

namespace Alur.Platform.Web.Metrics;

/// <summary>The text format of Prometheus, version 0.0.4.</summary>
internal static class MetricText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Letters, digits and underscores, no digit first.</summary>
    public static string Name(string name)
    {
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return plain.Length == 0 || char.IsAsciiDigit(plain[0]) ? "_" + plain : plain;
    }

    public static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>One family: what it is, then a line for each of its series.</summary>
    public static void Write(StringBuilder text, Measured family, IEnumerable<IGrouping<string, Series>> series)
    {
        var name = family.Kind is MetricKind.Counter or MetricKind.AskedCounter && !family.Name.EndsWith("_total", StringComparison.Ordinal) ? family.Name + "_total" : family.Name;
        var lines = series.Select(s => (Labels: s.Key, Read: s.Select(one => one.Read()).ToList())).OrderBy(s => s.Labels, StringComparer.Ordinal).ToList();
        if (lines.Count == 0) return;
        if (family.Help.Length > 0) text.Append("# HELP ").Append(name).Append(' ').Append(family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace('\n', ' ')).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(Word(family.Kind)).Append('\n');
        foreach (var (labels, read) in lines)
        {
            if (family.Kind == MetricKind.Histogram) Histogram(text, name, labels, read);
            else Line(text, name, labels, read.Sum(one => one.Sum));
        }
    }

    private static void Histogram(StringBuilder text, string name, string labels, List<(double Sum, long Count, long[] Buckets)> read)
    {
        var below = 0L;
        for (var i = 0; i < Series.Bounds.Length; i++)
        {
            below += read.Sum(one => one.Buckets[i]);
            Line(text, name + "_bucket", With(labels, Number(Series.Bounds[i])), below);
        }

        Line(text, name + "_bucket", With(labels, "+Inf"), read.Sum(one => one.Count));
        Line(text, name + "_sum", labels, read.Sum(one => one.Sum));
        Line(text, name + "_count", labels, read.Sum(one => one.Count));
    }

    private static string With(string labels, string bound) => labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"";

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Word(MetricKind kind) => kind switch
    {
        MetricKind.Counter or MetricKind.AskedCounter => "counter",
        MetricKind.Histogram => "histogram",
        MetricKind.UpDown or MetricKind.Gauge => "gauge",
    };
}
