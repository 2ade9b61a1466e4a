using System.Globalization;
using System.Text.Json.Serialization;
using Alur.Platform.Doctor;

namespace Alur.Antrean.Sites;

/// <summary>Whether a hospital sends, as every node goes by it now.</summary>
/// <param name="Site">Code of the site.</param>
/// <param name="Mode">observe or send.</param>
/// <param name="SendFrom">Visits that began earlier are not sent; while observing, the start that was in force or is configured.</param>
/// <param name="CheckBefore">Visits that began earlier are looked up at BPJS before anything of them is sent; null: none.</param>
/// <param name="Switched">What a person switched it to; null: it is as configured.</param>
public sealed record SiteMode(
    [property: JsonPropertyName("site")] string Site,
    [property: JsonPropertyName("mode")] string Mode,
    [property: JsonPropertyName("send_from")] DateTimeOffset? SendFrom,
    [property: JsonPropertyName("check_before")] DateTimeOffset? CheckBefore,
    [property: JsonPropertyName("switched")] SwitchedMode? Switched)
{
    /// <summary>BPJS is told of visits.</summary>
    [JsonIgnore]
    public bool Sends => Mode == "send";

    /// <summary>That a person, or a configuration that waits for a start, wants something else than holds; null: all say the same.</summary>
    /// <param name="site">The configuration as it is now; the server may have read an older one.</param>
    /// <param name="by">Who switched it, for people; as in the audit when absent.</param>
    public Words? Told(SiteOptions site, string? by = null)
    {
        var configured = MirrorSite.Configured(site);
        if (Switched is not { } s)
        {
            return configured.Mode == Mode && (!Sends || configured.SendFrom == SendFrom) ? null : new(
                $"Server berjalan dengan mode {Kind(site, Mode, SendFrom).Indonesian}; pengaturan mengatakan {Kind(site, configured.Mode, configured.SendFrom).Indonesian}, yang berlaku setelah server dimulai ulang.",
                $"The server runs with mode {Kind(site, Mode, SendFrom).English}; the configuration says {Kind(site, configured.Mode, configured.SendFrom).English}, which holds from the next start on.");
        }

        var changed = configured != (s.ConfiguredMode, s.ConfiguredSendFrom);
        if (!s.Differs && !changed && s.Mode == Mode)
        {
            return null;
        }

        var (to, says) = (Kind(site, s.Mode, SendFrom), Kind(site, configured.Mode, configured.SendFrom));
        var after = changed ? new Words(" Pengaturan diubah setelah itu dan berlaku lagi bila server dimulai ulang.", " The configuration was changed since and holds again from the next start on.")
            : s.Mode != Mode ? new(" Profile belum diisi, maka tetap mengamati.", " Profile is not configured, so it observes all the same.")
            : new Words("", "");
        return new(
            $"Diubah ke {to.Indonesian} oleh {by ?? s.By} pada {Local(site, s.At)}; pengaturan mengatakan {says.Indonesian}.{after.Indonesian}",
            $"Switched to {to.English} by {by ?? s.By} at {Local(site, s.At)}; the configuration says {says.English}.{after.English}");
    }

    private static Words Kind(SiteOptions site, string mode, DateTimeOffset? from) => mode == "send" && from is { } moment
        ? new($"send sejak {Local(site, moment)}", $"send from {Local(site, moment)}")
        : new(mode, mode);

    private static string Local(SiteOptions site, DateTimeOffset moment) =>
        TimeZoneInfo.ConvertTimeBySystemTimeZoneId(moment, site.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>What a person switched a hospital to, beside what the configuration said then.</summary>
/// <param name="Mode">observe or send.</param>
/// <param name="By">Such as <c>user:ID</c> or <c>api-key:NAME</c>; <c>system</c>: by <c>alur antrean mode</c>.</param>
/// <param name="At">When.</param>
/// <param name="ConfiguredMode">What the configuration says instead, or as well.</param>
/// <param name="ConfiguredSendFrom">Its start; null: none.</param>
/// <param name="Differs">Whether that is something else than what holds.</param>
public sealed record SwitchedMode(
    [property: JsonPropertyName("mode")] string Mode,
    [property: JsonPropertyName("by")] string By,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("configured_mode")] string ConfiguredMode,
    [property: JsonPropertyName("configured_send_from")] DateTimeOffset? ConfiguredSendFrom,
    [property: JsonPropertyName("differs")] bool Differs);
