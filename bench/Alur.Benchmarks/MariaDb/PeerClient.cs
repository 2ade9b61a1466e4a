using System.Diagnostics;
using System.Globalization;
using Alur.MariaDb;

namespace Alur.Benchmarks.MariaDb;

/// <summary>MariaDB's own command-line client, which streams the same rows and throws them away.</summary>
internal static class PeerClient
{
    private const string Program = "/usr/bin/mariadb";
    private const int Repeats = 4;

    /// <summary>Rows per second, without the time that the client takes to start: it reads the table several times in one run.</summary>
    public static async Task<double> RowsPerSecond(MariaDbConnectionOptions server, int rows, CancellationToken ct)
    {
        var nothing = await Run(server, VisitTable.ByText + " limit 0", ct);
        var all = await Run(server, string.Join(';', Enumerable.Repeat(VisitTable.ByText, Repeats)), ct);
        return all > nothing ? rows * Repeats / (all - nothing).TotalSeconds : 0; // 0: too few rows to tell (--quick)
    }

    private static async Task<TimeSpan> Run(MariaDbConnectionOptions server, string sql, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("/bin/sh",
        [
            "-c", "exec \"$@\" >/dev/null", "sh", Program, "--no-defaults", "--protocol=tcp", $"--host={server.Host}",
            string.Create(CultureInfo.InvariantCulture, $"--port={server.Port}"), $"--user={server.User}", $"--database={server.Database}",
            "--quick", "--batch", "--skip-column-names", $"--execute={sql}",
        ])
        {
            UseShellExecute = false,
            Environment = { ["MYSQL_PWD"] = server.Password },
        })!;
        await process.WaitForExitAsync(ct);
        var elapsed = clock.Elapsed;
        return process.ExitCode == 0 ? elapsed : throw new InvalidOperationException($"{Program} ended with {process.ExitCode}.");
    }
}
