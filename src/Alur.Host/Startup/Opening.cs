using Alur.Antrean.Sites;

namespace Alur.Host.Startup;

/// <summary>What the server says of itself before it starts: which file it read, and what it will do for which hospital. No passwords.</summary>
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
            var mode = site.Mode == "send" ? $"sends to {site.Bpjs.BaseUrl} from {site.SendFrom}" : "observes, nothing is sent";
            await console.WriteLineAsync($"Site {code}{name}: {mode}; {Khanza(site.Khanza)}");
        }
    }

    private static string Khanza(KhanzaOptions khanza) =>
        khanza.Missing() is { Count: > 0 } missing ? $"Khanza is not read, as its {string.Join(", ", missing)} are not configured"
        : $"reads Khanza as {khanza.User} on {(string.IsNullOrWhiteSpace(khanza.Socket) ? $"{khanza.Host}:{khanza.Port}" : khanza.Socket)}, database {khanza.Database}";
}
