using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace Alur.Simulators.MariaDb;

/// <summary>What one start must know of the last: the port and the administrator's password.</summary>
internal sealed record MariaDbSettings(int Port, string RootPassword)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal static MariaDbSettings ReadOrMake(MariaDbPlace place)
    {
        if (File.Exists(place.Settings) && JsonSerializer.Deserialize<MariaDbSettings>(File.ReadAllText(place.Settings)) is { } kept)
            return kept;
        return new MariaDbSettings(FreePort(), NewPassword()).Keep(place);
    }

    /// <summary>Another port, because somebody else took ours.</summary>
    internal MariaDbSettings WithNewPort(MariaDbPlace place) => (this with { Port = FreePort() }).Keep(place);

    internal static string NewPassword() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private MariaDbSettings Keep(MariaDbPlace place)
    {
        string next = place.Settings + ".new";
        using (var file = new FileStream(next, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            JsonSerializer.Serialize(file, this);
        File.Move(next, place.Settings, overwrite: true);
        return this;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
