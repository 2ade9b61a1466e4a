using System.Globalization;
using Alur.Platform.Postgres;

namespace Alur.Simulators.MariaDb;

/// <summary>Installs the system tables and starts mariadbd in a session of its own, so that a Ctrl-C in our terminal does not reach it.</summary>
internal static class StartMariaDb
{
    private const string Server = "/usr/sbin/mariadbd";
    private const string Installer = "/usr/bin/mariadb-install-db";
    private const string Detach = "exec /usr/bin/setsid --fork \"$@\" </dev/null >/dev/null 2>&1";

    internal static async Task Install(MariaDbPlace place, CancellationToken ct)
    {
        if (!File.Exists(Server) || !File.Exists(Installer))
            throw new MariaDbUnavailableException("MariaDB is not installed. Install the packages mariadb-server-core and mariadb-client-core (Debian, Ubuntu; they start no service), or run ./alur once: it installs what is missing.");
        if (Directory.Exists(place.Data))
            return;
        // Under another name first: a data directory that exists is complete.
        string unfinished = place.Data + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        await ServerUser.OwnDirectory(unfinished, ct);
        (int exitCode, string output) = await ServerUser.Run(Installer,
            ["--no-defaults", $"--datadir={unfinished}", "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"],
            TimeSpan.FromSeconds(60), ct);
        if (exitCode != 0)
            throw new MariaDbUnavailableException($"MariaDB's system tables could not be made in {place.Directory}: {output}");
        Directory.Move(unfinished, place.Data);
    }

    internal static async Task Run(MariaDbPlace place, MariaDbSettings settings, IReadOnlyList<string> extraArguments, CancellationToken ct)
    {
        await ServerUser.OwnDirectory(place.SocketDirectory, ct);
        await WriteInitFile(place, settings, ct);
        string[] command = ["-c", Detach, "sh", Server, .. Arguments(place, settings), .. extraArguments];
        (int exitCode, string output) = await ServerUser.Run("/bin/sh", command, TimeSpan.FromSeconds(10), ct);
        if (exitCode != 0)
            throw new MariaDbUnavailableException($"MariaDB in {place.Directory} could not be started: {output}");
    }

    private static async Task WriteInitFile(MariaDbPlace place, MariaDbSettings settings, CancellationToken ct)
    {
        File.Delete(place.InitFile);
        await using (var file = new FileStream(place.InitFile, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await using var text = new StreamWriter(file);
            await text.WriteLineAsync(Accounts(settings.RootPassword));
        }
        await ServerUser.Own(place.InitFile, ct);
    }

    // Each statement on one line: that is how the server reads an init file. Runs before the first client is let in.
    private static string Accounts(string rootPassword) => $"""
        delete from mysql.global_priv where user = '' or (user = 'root' and host <> 'localhost');
        flush privileges;
        alter user root@localhost identified by '{rootPassword}';
        """;

    // --no-defaults must stay first. Small, and as Khanza's servers are: no strict mode, zero dates allowed.
    private static string[] Arguments(MariaDbPlace place, MariaDbSettings settings) =>
    [
        "--no-defaults",
        $"--datadir={place.Data}",
        $"--socket={place.Socket}",
        $"--pid-file={place.PidFile}",
        $"--log-error={place.Log}",
        $"--init-file={place.InitFile}",
        "--bind-address=127.0.0.1",
        string.Create(CultureInfo.InvariantCulture, $"--port={settings.Port}"),
        "--skip-name-resolve",
        "--sql-mode=NO_ENGINE_SUBSTITUTION",
        "--character-set-server=utf8mb4",
        "--max-connections=300",
        "--max-allowed-packet=64M",
        "--performance-schema=OFF",
        "--innodb-buffer-pool-size=64M",
        "--innodb-log-file-size=32M",
        // The data is invented; losing a second of it in a power cut costs nothing.
        "--innodb-flush-log-at-trx-commit=2",
        "--innodb-use-native-aio=0",
    ];
}
