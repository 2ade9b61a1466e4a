using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alur.Antrean.Bpjs;

namespace Alur.Fuzzing.Bpjs;

/// <summary>Lists of tasks and bookings.</summary>
internal static partial class ListTargets
{
    private static readonly string[] Names = ["list", "kodebooking", "taskid", "wakturs", "tanggal", "sumberdata", "status"];

    /// <summary>A list gives what can be read of it and no more; its moments are exact or absent.</summary>
    public static FuzzTarget Lists { get; } = FuzzTarget.OfText(
        "bpjs-lists",
        draw => draw.Once(3) ? draw.Json(4, Names) : $"[{string.Join(',', Enumerable.Range(0, draw.Random.Next(5)).Select(_ => Item(draw)))}]",
        json =>
        {
            using var document = Parse(json);
            if (document is null)
            {
                return;
            }

            var tasks = BpjsLists.Tasks(document.RootElement);
            var bookings = BpjsLists.Bookings(document.RootElement);
            Claim.That(bookings.All(b => b.Kodebooking.Length > 0), "a booking has a code");
            foreach (var task in tasks)
            {
                Claim.That(json.Contains(task.TaskId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), "a task id stands in the answer", task.TaskId);
                Claim.That(task.TaskId >= 0, "a task id is not negative", task.TaskId);
            }

            if (Storable.Json(json))
            {
                foreach (var text in Storable.Strings(document.RootElement))
                {
                    Claim.Equal(Moment(text.Trim()), BpjsLists.Wib(text), "a moment is exact or absent");
                }
            }
        });

    private static string Item(Draw draw) =>
        $$"""{"taskid":{{(draw.Once(4) ? draw.Number() : $"\"{draw.Int(0, 9)}\"")}},"wakturs":{{draw.JsonString(draw.Once(3) ? draw.Damage(Wib(draw)) : Wib(draw))}},"kodebooking":{{draw.JsonString(draw.Text(15))}}}""";

    private static string Wib(Draw draw) => FormattableString.Invariant(
        $"{draw.Int(0, 32):00}-{draw.Int(0, 13):00}-{draw.Pick(0, 1, 1900, 2021, 2026, 9999):0000} {draw.Int(0, 24):00}:{draw.Int(0, 60):00}:{draw.Int(0, 60):00} WIB");

    /// <summary>Read with nothing but arithmetic.</summary>
    private static DateTimeOffset? Moment(string text)
    {
        if (Shape().Match(text) is not { Success: true } match)
        {
            return null;
        }

        int Part(string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
        var (year, month, day) = (Part("y"), Part("m"), Part("d"));
        return year is >= 1900 and < 9000 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) && Part("h") < 24 && Part("n") < 60 && Part("s") < 60
            ? new DateTimeOffset(year, month, day, Part("h"), Part("n"), Part("s"), TimeSpan.FromHours(7)) : null;
    }

    private static JsonDocument? Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return null; // a shrunk case; an answer that is not JSON never comes this far
        }
    }

    [GeneratedRegex("^(?<d>[0-9]{2})-(?<m>[0-9]{2})-(?<y>[0-9]{4}) (?<h>[0-9]{2}):(?<n>[0-9]{2}):(?<s>[0-9]{2}) WIB\\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
