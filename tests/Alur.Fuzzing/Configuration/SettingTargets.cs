using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Host;
using Alur.Host.Startup;

namespace Alur.Fuzzing.Configuration;

/// <summary>The configuration file, through the very reading that <c>serve</c> does before it starts.</summary>
internal static class SettingTargets
{
    private const string Site = "Antrean:Sites:default:";

    private static readonly string File = Path.Combine(Path.GetTempPath(), $"alur-fuzz-{Environment.ProcessId}.json");
    private static readonly Command Verb = new Command("fuzz").WithSettings();

    private static readonly string Sound = $$"""
        { "Antrean": { "PollInterval": "00:01:00", "Sites": { "default": {
          "Name": "RS Contoh", "Zone": "Asia/Jakarta", "Mode": "observe", "SendFrom": "2026-02-01T00:00", "Profile": "khanza", "OnSiteJkn": "desktop", "PayerCode": "BPJ",
          "LookBackDays": 6, "LookAheadDays": 1, "MinutesPerPatient": 10, "TaskSources": { "3": ["mutasi_berkas.dikirim"] },
          "Khanza": { "Host": "10.0.0.5", "Port": 3306, "User": "alur", "Password": "x", "Database": "sik", "Tls": "off" },
          "Bpjs": { "BaseUrl": "https://example.org/antreanrs", "ConsId": "1", "SecretKey": "2", "UserKey": "3", "MaxConcurrent": 4, "TimeoutSeconds": 15 } } } },
          "Delivery": { "CallTimeout": "00:00:20" }, "Retention": { "FinishedDays": 90 }, "Postgres": { "Name": "alur", "MaxConnections": 100 } }
        """;

    /// <summary>What a key may hold; nothing else may be let in.</summary>
    private static readonly Dictionary<string, Func<string, bool>> Allowed = new(StringComparer.Ordinal)
    {
        [Site + "Mode"] = value => value is "observe" or "send",
        [Site + "OnSiteJkn"] = value => value is "desktop" or "bridge",
        [Site + "Profile"] = value => value is "khanza" or "khanza-2026" or "task-columns",
        [Site + "Zone"] = value => TimeZoneInfo.TryFindSystemTimeZoneById(value, out _),
        [Site + "Khanza:Tls"] = value => value is "off" or "verified",
        [Site + "LookBackDays"] = value => IsBetween(value, 0, 31),
        [Site + "LookAheadDays"] = value => IsBetween(value, 0, 90),
        [Site + "MinutesPerPatient"] = value => IsBetween(value, 1, 240),
        [Site + "Khanza:Port"] = value => IsBetween(value, 1, 65535),
        [Site + "Bpjs:MaxConcurrent"] = value => IsBetween(value, 1, 256),
        [Site + "Bpjs:TimeoutSeconds"] = value => IsBetween(value, 1, 19),
        [Site + "Bpjs:BaseUrl"] = value => value.Trim().Length == 0 || value.Trim().StartsWith("http", StringComparison.OrdinalIgnoreCase),
        [Site + "SendFrom"] = value => DateTime.TryParse(value, CultureInfo.InvariantCulture, out _),
        ["Antrean:PollInterval"] = value => TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var wait) && wait > TimeSpan.Zero,
        ["Postgres:MaxConnections"] = value => IsBetween(value, 20, 2000),
        ["Antrean"] = NeverOneValue, ["Antrean:Sites"] = NeverOneValue, ["Antrean:Sites:default"] = NeverOneValue, [Site + "Khanza"] = NeverOneValue,
        [Site + "TaskSources"] = NeverOneValue, [Site + "TaskSources:3"] = NeverOneValue, [Site + "ExcludedClinics"] = NeverOneValue,
        ["Postgres:Name"] = value => value.Length is > 0 and < 40,
    };

    /// <summary>One key with another value: it is taken if the key may hold it, else refused by its name.</summary>
    public static FuzzTarget Values { get; } = FuzzTarget.Of(
        "settings-values",
        draw => (Key: draw.Pick([.. Allowed.Keys]), Json: draw.Random.Next(4) switch
        {
            0 => draw.Json(2, "default", "3", "Name", "Zone"),
            1 => draw.Number(),
            _ => draw.JsonString(draw.TextOr("send", "observe", "bridge", "00:00:00", "1", "-1", "Asia/Makassar", "../etc/passwd", "verified", "1.00:00:00", "http://localhost:1", "2026-13-01", "khanza-2026")),
        }),
        Smaller.Not,
        x =>
        {
            if (Written(x.Key, x.Json) is not { } file || Refused(file) is not { } mistakes)
            {
                return;
            }

            var name = x.Key.Split(':')[^1];
            var value = Value(x.Json);
            Claim.That(mistakes.Count == 0 || mistakes.Any(m => m.Contains(name, StringComparison.Ordinal)), $"a refusal names {x.Key}", string.Join(" | ", mistakes));
            Claim.That(mistakes.Count > 0 || value is null || Allowed[x.Key](value), $"{x.Key} may not hold {x.Json}, but it was taken");
        });

    /// <summary>A key that nothing reads is never passed over.</summary>
    public static FuzzTarget Keys { get; } = FuzzTarget.Of(
        "settings-keys",
        draw => (Place: draw.Pick("", "Antrean", "Antrean:Sites:default", "Antrean:Sites:default:Khanza", "Antrean:Sites:default:Bpjs", "Delivery", "Retention", "Postgres"), Key: Letters(draw)),
        Smaller.Not,
        x =>
        {
            var key = x.Place.Length == 0 ? x.Key : $"{x.Place}:{x.Key}";
            var mistakes = Refused(Written(key, "\"1\"")!)!;
            Claim.That(mistakes.Any(m => m.Contains(key, StringComparison.OrdinalIgnoreCase)), $"{key} is refused by its name", string.Join(" | ", mistakes));
        });

    /// <summary>A damaged file is read or refused, and nothing else; what is no JSON is refused by the file's name.</summary>
    public static FuzzTarget Files { get; } = FuzzTarget.OfText("settings-files", draw => draw.Damage(Sound), text =>
    {
        var mistakes = Refused(text);
        Claim.That(mistakes is null || mistakes.All(m => m.Trim().Length > 0), "a refusal says something");
        Claim.That(IsJson(text) || mistakes is null || mistakes.Any(m => m.Contains(File, StringComparison.Ordinal)), "what is no JSON is refused by the file's name", string.Join(" | ", mistakes ?? []));
    });

    /// <summary>The mistakes that a start with this file would tell, none if it would go on; null when the text is no text that a file can hold.</summary>
    private static IReadOnlyList<string>? Refused(string json)
    {
        if (!Storable.Text(json.Replace("\0", "", StringComparison.Ordinal)))
        {
            return null;
        }

        System.IO.File.WriteAllText(File, json);
        try
        {
            using var services = VerbServices.Build(HostSettings.Read(Verb.Parse(["--config", File])));
            return [];
        }
        catch (Exception e) when (CommandLine.Explain(e) is { Code: "CONFIGURATION" } refusal)
        {
            return refusal.Messages;
        }
        finally
        {
            System.IO.File.Delete(File);
        }
    }

    private static string? Written(string key, string json)
    {
        try
        {
            var root = JsonNode.Parse(Sound)!;
            var path = key.Split(':');
            var place = path[..^1].Aggregate(root, (node, name) => node[name]!);
            place[path[^1]] = JsonNode.Parse(json);
            return root.ToJsonString();
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null; // the value itself is not JSON that a file can hold
        }
    }

    // As configuration flattens it: null where nothing, or more than a value, is left.
    private static string? Value(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind is JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array ? null : document.RootElement.ToString();
    }

    private static bool NeverOneValue(string value) => value.Length == 0;

    private static bool IsBetween(string value, int least, int most) =>
        int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;

    private static string Letters(Draw draw) => "Q" + string.Concat(Enumerable.Range(0, draw.Int(0, 12)).Select(_ => (char)draw.Int('a', 'z')));

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text.TrimStart('\ufeff'), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return false;
        }
    }
}
