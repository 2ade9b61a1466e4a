using System.Globalization;
using System.Text.Json;

namespace Alur.Antrean.Bpjs;

/// <summary>One task as BPJS holds it.</summary>
/// <param name="TaskId">BPJS task id.</param>
/// <param name="Waktu">The moment the hospital claimed (<c>wakturs</c>), to the second; null when it cannot be read.</param>
internal sealed record ListedTask(int TaskId, DateTimeOffset? Waktu)
{
    /// <summary>The moment that BPJS holds, where it can be read and is another than ours. BPJS prints whole seconds; ours may be finer.</summary>
    public DateTimeOffset? OtherThan(DateTimeOffset? ours) =>
        Waktu is { } held && held.ToUnixTimeSeconds() != ours?.ToUnixTimeSeconds() ? held.ToUniversalTime() : null;
}

/// <summary>One booking as BPJS holds it; nothing of the patient is read.</summary>
/// <param name="Kodebooking">Booking code.</param>
/// <param name="Tanggal">Service date as sent by BPJS, yyyy-MM-dd.</param>
/// <param name="Sumberdata">Who made it.</param>
/// <param name="Status">How far it is, in BPJS's words.</param>
internal sealed record ListedBooking(string Kodebooking, string? Tanggal, string? Sumberdata, string? Status);

/// <summary>Reads the lists; an item that makes no sense is left out, because one odd row must not hide the others.</summary>
internal static class BpjsLists
{
    public static IReadOnlyList<ListedTask> Tasks(JsonElement? response) =>
        [.. Items(response)
            .Select(item => (Id: Text(item, "taskid"), At: Text(item, "wakturs")))
            .Where(x => int.TryParse(x.Id, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(x => new ListedTask(int.Parse(x.Id!, CultureInfo.InvariantCulture), Wib(x.At)))];

    public static IReadOnlyList<ListedBooking> Bookings(JsonElement? response) =>
        [.. Items(response)
            .Where(item => !string.IsNullOrEmpty(Text(item, "kodebooking")))
            .Select(item => new ListedBooking(Text(item, "kodebooking")!, Text(item, "tanggal"), Text(item, "sumberdata"), Text(item, "status")))];

    /// <summary>
    /// A moment as BPJS prints it, such as <c>16-03-2021 11:32:49 WIB</c>: always Western Indonesian time, whatever the hospital's zone. A year
    /// that means "never" is no moment, and year 1 has no instant east of Greenwich.
    /// </summary>
    public static DateTimeOffset? Wib(string? text) =>
        DateTime.TryParseExact(text?.Trim(), "dd-MM-yyyy HH:mm:ss 'WIB'", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Year is >= 1900 and < 9000
            ? new DateTimeOffset(local, TimeSpan.FromHours(7))
            : null;

    private static IEnumerable<JsonElement> Items(JsonElement? response) => List(response)?.Where(item => item.ValueKind == JsonValueKind.Object) ?? [];

    /// <summary>Everything in the list, whatever it is; null when the response is no list.</summary>
    internal static IReadOnlyList<JsonElement>? List(JsonElement? response)
    {
        var list = response switch
        {
            { ValueKind: JsonValueKind.Array } array => array,
            // Some lists come wrapped once more.
            { ValueKind: JsonValueKind.Object } wrapped when Property(wrapped, "list") is { ValueKind: JsonValueKind.Array } inner => inner,
            _ => default,
        };
        return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : null;
    }

    /// <summary>A field as text, whether it came as text or as a number; null when it is absent or anything else.</summary>
    internal static string? Text(JsonElement item, string name)
    {
        try
        {
            return Property(item, name) switch
            {
                { ValueKind: JsonValueKind.String } text => text.GetString(),
                { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate in the value
        }
    }

    private static JsonElement? Property(JsonElement item, string name)
    {
        try
        {
            return item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate in some property's name
        }
    }
}
