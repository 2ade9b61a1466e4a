using System.Data.Common;
using Alur.Antrean.Sites;
using Alur.MariaDb;

namespace Alur.Host.Startup;

/// <summary>The way to hospitals' Khanza databases: Antrean knows only <see cref="DbDataSource"/>, so another driver takes this place in one line.</summary>
internal static class KhanzaConnections
{
    public static IServiceCollection AddKhanzaConnections(this IServiceCollection services) =>
        services.AddSingleton<Func<KhanzaOptions, DbDataSource>>(Connect);

    private static MariaDbDataSource Connect(KhanzaOptions khanza) => new(new MariaDbConnectionOptions
    {
        Host = khanza.Host ?? "127.0.0.1",
        Port = khanza.Port,
        Socket = string.IsNullOrWhiteSpace(khanza.Socket) ? null : khanza.Socket,
        User = khanza.User!,
        Password = khanza.Password ?? "",
        Database = khanza.Database,
        CommandTimeout = TimeSpan.FromSeconds(khanza.TimeoutSeconds),
        MaxPoolSize = 2,
        Tls = khanza.Tls == "verified" ? MariaDbTls.Verified : MariaDbTls.Off,
        TlsCa = khanza.TlsCa,
        Label = $"Khanza on {(string.IsNullOrWhiteSpace(khanza.Socket) ? $"{khanza.Host ?? "127.0.0.1"}:{khanza.Port}" : khanza.Socket)}",
    });
}
