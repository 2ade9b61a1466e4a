using System.Globalization;
using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Host.Startup;

/// <summary>What the server says of itself before it starts (which file it read, what it will do for which hospital) and when it has ended. No passwords.</summary>
internal static class Opening
{
    private const UnixFileMode OpenToOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static async Task Tell(TextWriter console, string? file, AntreanOptions antrean)
    {
        await console.WriteLineAsync($"Configuration: {file ?? $"there is no alur.json in {Directory.GetCurrentDirectory()}; only defaults, the environment and --set"}");
        if (file is not null && (File.GetUnixFileMode(file) & OpenToOthers) != UnixFileMode.None)
        {
            await console.WriteLineAsync($"Warning: other users of this machine can read {file}, which holds passwords. Run: chmod 600 '{file}'");
        }

        foreach (var (code, site) in antrean.Sites.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var name = site.Name is { Length: > 0 } given && given != code ? $" ({given})" : "";
            await console.WriteLineAsync($"Site {code}{name}: {Sending(code, site)}; {Khanza(site.Khanza)}");
        }
    }

    /// <summary>The last line: what becomes of what happens until the next start.</summary>
    public static string Stopped(AntreanOptions antrean) => antrean.Sites.Values.Any(site => site.Mode == "send")
        ? "Stopped. Nothing is lost: what is not sent yet goes out after the next start."
        : "Stopped. Nothing is lost: what happens in Khanza meanwhile is read at the next start. In observe mode nothing is sent.";

    /// <summary>For every hospital whose sending rests although it is configured: until when, why, and how to go on at once.</summary>
    public static async Task TellPauses(TextWriter console, DeliveryQueue queue, AntreanOptions antrean, string address, CancellationToken ct)
    {
        var paused = await Paused(queue, ct);
        foreach (var (code, site) in antrean.Sites.OrderBy(s => s.Key, StringComparer.Ordinal).Where(s => s.Value.Mode == "send" && s.Value.Bpjs.Missing().Count == 0))
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

    private static string Sending(string code, SiteOptions site) =>
        site.Mode != "send" ? "observes, nothing is sent"
        : site.Bpjs.Missing() is { Count: > 0 } missing
            ? $"Mode is send, but nothing is sent: {string.Join(", ", missing.Select(key => $"Antrean:Sites:{code}:Bpjs:{key}"))} not configured"
        : $"sends to {site.Bpjs.BaseUrl} from {site.SendFrom}, on-site BPJS patients are registered by {(site.OnSiteJkn == "bridge" ? "this server" : "Khanza's own screen")} (OnSiteJkn {site.OnSiteJkn})";

    private static string Khanza(KhanzaOptions khanza) =>
        khanza.Missing() is { Count: > 0 } missing ? $"Khanza is not read, as its {string.Join(", ", missing)} are not configured"
        : $"reads Khanza as {khanza.User} on {(string.IsNullOrWhiteSpace(khanza.Socket) ? $"{khanza.Host}:{khanza.Port}" : khanza.Socket)}, database {khanza.Database}";
}
