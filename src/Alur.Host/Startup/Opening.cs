using System.Globalization;
using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Host.Startup;

/// <summary>What the server says of itself before it starts (which file it read, what it will do for which hospital) and when it has ended. No passwords.</summary>
internal static class Opening
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private const UnixFileMode OpenToOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static async Task Tell(TextWriter console, string? file)
    {
        await console.WriteLineAsync($"Configuration: {file ?? $"there is no alur.json in {Directory.GetCurrentDirectory()}; only defaults, the environment and --set"}");
        if (file is not null && (File.GetUnixFileMode(file) & OpenToOthers) != UnixFileMode.None)
        {
            await console.WriteLineAsync($"Warning: other users of this machine can read {file}, which holds passwords. Run: chmod 600 '{file}'");
        }
    }

    /// <summary>What it does for which hospital, as a person switched it or, without a word of the database, as configured.</summary>
    public static async Task TellSites(TextWriter console, AntreanOptions antrean, IReadOnlyList<SiteMode> modes)
    {
        foreach (var (code, site) in antrean.Sites.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var name = site.Name is { Length: > 0 } given && given != code ? $" ({given})" : "";
            var mode = modes.FirstOrDefault(mode => mode.Site == code);
            await console.WriteLineAsync($"Site {code}{name}: {Sending(code, site, mode)}; {Khanza(site.Khanza)}");
            if (mode?.Told(site) is { } told)
            {
                await console.WriteLineAsync($"Site {code}: {told.English}");
            }
        }
    }

    /// <summary>Whether hospitals send; empty when the database does not say so at once.</summary>
    public static async Task<IReadOnlyList<SiteMode>> Modes(IServiceProvider services)
    {
        using var soon = new CancellationTokenSource(Patience);
        try
        {
            return await services.GetRequiredService<Func<CancellationToken, Task<IReadOnlyList<SiteMode>>>>()(soon.Token);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return [];
        }
    }

    /// <summary>The last line: what becomes of what happens until the next start.</summary>
    public static string Stopped(AntreanOptions antrean, IReadOnlyList<SiteMode> modes) => antrean.Sites.Any(site => Sends(site.Key, site.Value, modes))
        ? "Stopped. Nothing is lost: what is not sent yet goes out after the next start."
        : "Stopped. Nothing is lost: what happens in Khanza meanwhile is read at the next start. In observe mode nothing is sent.";

    /// <summary>For every hospital whose sending rests although it is configured: until when, why, and how to go on at once.</summary>
    public static async Task TellPauses(TextWriter console, DeliveryQueue queue, AntreanOptions antrean, IReadOnlyList<SiteMode> modes, string address, CancellationToken ct)
    {
        var paused = await Paused(queue, ct);
        foreach (var (code, site) in antrean.Sites.OrderBy(s => s.Key, StringComparer.Ordinal).Where(s => Sends(s.Key, s.Value, modes) && s.Value.Bpjs.Missing().Count == 0))
        {
            if (paused.FirstOrDefault(p => p.Name == $"bpjs:{code}") is { } pause)
            {
                var until = pause.Until is { } end ? string.Create(CultureInfo.InvariantCulture, $"until {TimeZoneInfo.ConvertTimeBySystemTimeZoneId(end, site.Zone):yyyy-MM-dd HH:mm:ss zzz}") : "until somebody resumes it";
                await console.WriteLineAsync($"Site {code}: sending is paused {until}. Reason: {pause.Reason}");
                await console.WriteLineAsync($"To resume it now: curl -X POST -H 'X-Api-Key: KEY' {address}/api/antrean/channels/{code}/resume");
            }
        }
    }

    // The server runs by now, and its loops say it when the database is away: a line for people must not end it, with what it holds in its hands.
    private static async Task<IReadOnlyList<PausedChannel>> Paused(DeliveryQueue queue, CancellationToken ct)
    {
        try
        {
            return await queue.Paused(ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return [];
        }
    }

    private static bool Sends(string code, SiteOptions site, IReadOnlyList<SiteMode> modes) => modes.FirstOrDefault(mode => mode.Site == code)?.Sends ?? site.Mode == "send";

    private static string Sending(string code, SiteOptions site, SiteMode? mode) =>
        !Sends(code, site, mode is null ? [] : [mode]) ? "observes, nothing is sent"
        : site.Bpjs.Missing() is { Count: > 0 } missing
            ? $"Mode is send, but nothing is sent: {string.Join(", ", missing.Select(key => $"Antrean:Sites:{code}:Bpjs:{key}"))} not configured"
        : $"sends to {site.Bpjs.BaseUrl} from {From(site, mode)}, on-site BPJS patients are registered by {(site.OnSiteJkn == "bridge" ? "this server" : "Khanza's own screen")} (OnSiteJkn {site.OnSiteJkn})";

    // As it is written in the configuration, unless somebody said otherwise since.
    private static string? From(SiteOptions site, SiteMode? mode) => mode is { Switched: not null, SendFrom: { } from }
        ? TimeZoneInfo.ConvertTimeBySystemTimeZoneId(from, site.Zone).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture) : site.SendFrom;

    private static string Khanza(KhanzaOptions khanza) =>
        khanza.Missing() is { Count: > 0 } missing ? $"Khanza is not read, as its {string.Join(", ", missing)} are not configured"
        : $"reads Khanza as {khanza.User} on {(string.IsNullOrWhiteSpace(khanza.Socket) ? $"{khanza.Host}:{khanza.Port}" : khanza.Socket)}, database {khanza.Database}";
}
