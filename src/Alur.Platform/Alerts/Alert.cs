using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Alur.Platform.Alerts;

/// <summary>The payload of an alert's delivery job: that it began (step 0), or that it is over (step 1).</summary>
/// <param name="Name">The condition.</param>
/// <param name="Text">What is wrong and what to do.</param>
/// <param name="RaisedAt">Engine time of the check that found it.</param>
/// <param name="ClearedAt">Engine time of the check that no longer found it; null while it lasts.</param>
/// <param name="Language"><c>id</c> or <c>en</c>.</param>
/// <param name="ComesBack">It was over for less than an hour: that it is over again is told when it has been away for an hour.</param>
internal sealed record Alert(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("raised_at")] DateTimeOffset RaisedAt,
    [property: JsonPropertyName("cleared_at")] DateTimeOffset? ClearedAt,
    [property: JsonPropertyName("language")] string Language,
    [property: JsonPropertyName("comes_back")] bool ComesBack = false)
{
    private bool IsEnglish => Language == "en";

    /// <summary>A line such as <c>Alur at simrs: BPJS does not answer …</c>.</summary>
    public string Subject(string server) => $"Alur {(IsEnglish ? "at" : "di")} {server}: {How}{Text}{(IsBack ? $" ({Unsteady})" : "")}";

    /// <summary>From when, and until when.</summary>
    public string Period => IsEnglish
        ? string.Create(CultureInfo.InvariantCulture, $"Since {RaisedAt:yyyy-MM-dd HH:mm} UTC{(ClearedAt is { } end ? $", until {end:yyyy-MM-dd HH:mm} UTC" : "")}.")
        : string.Create(CultureInfo.InvariantCulture, $"Sejak {RaisedAt:yyyy-MM-dd HH:mm} UTC{(ClearedAt is { } over ? $", sampai {over:yyyy-MM-dd HH:mm} UTC" : "")}.");

    /// <summary>Its first sentence: what is wrong; or that this is back, or over.</summary>
    public string Title => How is [var first, .. var rest] ? $"{char.ToUpperInvariant(first)}{rest}{First}" : First;

    /// <summary>What there is to do, and from when, and until when.</summary>
    public string Rest => IsOver || First.Length == Text.Length ? Times : $"{Text[First.Length..].TrimStart()}\n{Times}";

    public bool IsOver => ClearedAt is not null;

    private bool IsBack => ComesBack && !IsOver;

    private string How => (IsOver, IsBack, IsEnglish) switch
    {
        (true, _, true) => "over: ",
        (true, _, false) => "sudah pulih: ",
        (_, true, true) => "again: ",
        (_, true, false) => "lagi: ",
        _ => "",
    };

    private string Times => IsBack ? $"{Period} {Unsteady}." : Period;

    private string Unsteady => IsEnglish
        ? "It comes and goes: that it is over is told when it has been away for an hour"
        : "Gangguan ini hilang timbul: baru diberitahukan pulih setelah satu jam tidak muncul lagi";

    private string First => Text.IndexOf(". ", StringComparison.Ordinal) is >= 0 and var end ? Text[..(end + 1)] : Text;

    public string ToPayload() => JsonSerializer.Serialize(this);

    public static Alert FromPayload(string payload) => JsonSerializer.Deserialize<Alert>(payload)!;
}
