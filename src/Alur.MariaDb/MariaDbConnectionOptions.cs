using System.Data.Common;
using System.Globalization;

namespace Alur.MariaDb;

/// <summary>Where the server is, who we are and how long we wait. Immutable; change it with <c>with</c>.</summary>
public sealed record MariaDbConnectionOptions
{
    /// <summary>Host name or address; not used when <see cref="Socket"/> is set. Always TCP, "localhost" included.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port.</summary>
    public int Port { get; init; } = 3306;

    /// <summary>Path of the server's Unix socket; takes the place of host and port.</summary>
    public string? Socket { get; init; }

    /// <summary>Account name.</summary>
    public string User { get; init; } = "";

    /// <summary>Password; never shown by <see cref="ToString"/>.</summary>
    public string Password { get; init; } = "";

    /// <summary>Default database; none when null.</summary>
    public string? Database { get; init; }

    /// <summary>How long to wait for the TCP connection and for the server's greeting. Whole seconds, at least 1.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Default CommandTimeout: total time a command may spend waiting for the server. Zero waits for ever.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Socket read time-out, a backstop below CommandTimeout; whole seconds; none when null.</summary>
    public TimeSpan? ReadTimeout { get; init; }

    /// <summary>Socket write time-out; whole seconds; none when null.</summary>
    public TimeSpan? WriteTimeout { get; init; }

    /// <summary>Largest number of connections open at once.</summary>
    public int MaxPoolSize { get; init; } = 10;

    /// <summary>How long to wait for a free connection when all are taken.</summary>
    public TimeSpan PoolTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Idle connections older than this are closed.</summary>
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Idle connections older than this are asked (COM_PING) before they are given out; younger ones are only looked at.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether the connection is encrypted and verified.</summary>
    public MariaDbTls Tls { get; init; } = MariaDbTls.Off;

    /// <summary>PEM file of the certificate authority; the system's trust store when null.</summary>
    public string? TlsCa { get; init; }

    /// <summary>Several statements in one text command (scripts). Off by default: one injected semicolon less.</summary>
    public bool AllowMultipleStatements { get; init; }

    /// <summary>What people call this server, such as "Khanza on 10.0.0.5:3306": begins the message of every failure. None when null.</summary>
    public string? Label { get; init; }

    /// <summary>Reads the connection-string form, for example <c>Host=db;Port=3306;User=reader;Password=…;Database=sik</c>.</summary>
    /// <exception cref="ArgumentException">Unknown key or unreadable value; the message names it.</exception>
    public static MariaDbConnectionOptions Parse(string connectionString)
    {
        var pairs = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var options = new MariaDbConnectionOptions();
        foreach (string key in pairs.Keys)
            options = options.With(key, Convert.ToString(pairs[key], CultureInfo.InvariantCulture) ?? "");
        return options;
    }

    private MariaDbConnectionOptions With(string key, string value)
    {
        try
        {
            return Normalise(key) switch
            {
                "host" or "server" => this with { Host = value },
                "port" => this with { Port = int.Parse(value, CultureInfo.InvariantCulture) },
                "socket" => this with { Socket = value },
                "user" or "userid" or "uid" or "username" => this with { User = value },
                "password" or "pwd" => this with { Password = value },
                "database" => this with { Database = value },
                "connecttimeout" or "connectiontimeout" => this with { ConnectTimeout = Seconds(value) },
                "commandtimeout" or "defaultcommandtimeout" => this with { CommandTimeout = Seconds(value) },
                "readtimeout" => this with { ReadTimeout = Seconds(value) },
                "writetimeout" => this with { WriteTimeout = Seconds(value) },
                "maxpoolsize" or "maximumpoolsize" => this with { MaxPoolSize = int.Parse(value, CultureInfo.InvariantCulture) },
                "pooltimeout" => this with { PoolTimeout = Seconds(value) },
                "tls" => this with { Tls = Enum.Parse<MariaDbTls>(value, ignoreCase: true) },
                "tlsca" or "sslca" => this with { TlsCa = value },
                "allowmultiplestatements" => this with { AllowMultipleStatements = bool.Parse(value) },
                _ => throw new ArgumentException($"Unknown key '{key}' in the MariaDB connection string.", nameof(key)),
            };
        }
        catch (FormatException unreadable)
        {
            throw new ArgumentException($"The value of '{key}' in the MariaDB connection string cannot be read.", nameof(value), unreadable);
        }
    }

    private static string Normalise(string key) =>
        key.Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static TimeSpan Seconds(string value) => TimeSpan.FromSeconds(double.Parse(value, CultureInfo.InvariantCulture));

    /// <summary>Where this leads, without the password.</summary>
    public override string ToString() =>
        $"{User}@{(Socket is null ? string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}") : Socket)}/{Database}";
}
