using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Alur.Platform.Postgres;

/// <summary>The distribution's <c>pg_dump</c> and <c>pg_restore</c>, run as ourselves. Passwords go by the environment, never by the command line.</summary>
public static class ClientPrograms
{
    private const string ServerVersion = "select current_setting('server_version_num')::int / 10000";

    /// <summary>Directory that holds one directory per installed major version.</summary>
    public const string DefaultRoot = "/usr/lib/postgresql";

    /// <summary>Runs a program against a database to its end.</summary>
    /// <param name="name">Such as <c>pg_dump</c>; the oldest installed one that is not older than the server is taken.</param>
    /// <param name="connectionString">Npgsql's form.</param>
    /// <param name="arguments">What follows the program's name, without anything about the connection.</param>
    /// <param name="ct">Kills the program.</param>
    /// <returns>Its exit code, and what it wrote to stdout and stderr.</returns>
    /// <exception cref="PostgresUnavailableException"><c>CLIENT_PROGRAM_MISSING</c>.</exception>
    public static async Task<(int ExitCode, string Output, string Errors)> Run(
        string name, string connectionString, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        return await Run(Prepared(Find(DefaultRoot, name, await Version(connectionString, ct)), arguments, connectionString), ct);
    }

    /// <summary>As <see cref="Run(string, string, IReadOnlyList{string}, CancellationToken)"/>, by the newest one installed: what an upgrade is written out and read in with.</summary>
    internal static async Task<(int ExitCode, string Output, string Errors)> RunNewest(
        string root, string name, string connectionString, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var start = Prepared(Programs(root, name).LastOrDefault() ?? throw Missing(root, name, await Version(connectionString, ct)), arguments, connectionString);
        return await Run(start, ct);
    }

    /// <summary>The major version of the server.</summary>
    public static async Task<int> Version(string connectionString, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(ServerVersion, connection);
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    internal static string Find(string root, string name, int version) => Programs(root, name, version).FirstOrDefault() ?? throw Missing(root, name, version);

    private static PostgresUnavailableException Missing(string root, string name, int version) => new(
        "CLIENT_PROGRAM_MISSING", $"No {name} of PostgreSQL {version} or newer under {root}. Install the package postgresql-client-{version}.");

    // The oldest first.
    private static IEnumerable<string> Programs(string root, string name, int version = 0) =>
        from directory in Directory.Exists(root) ? Directory.GetDirectories(root) : []
        let major = int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var v) ? v : 0
        let program = Path.Combine(directory, "bin", name)
        where major > 0 && major >= version && File.Exists(program)
        orderby major
        select program;

    private static ProcessStartInfo Prepared(string program, IReadOnlyList<string> arguments, string connectionString)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = "/", UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (variable, value) in Environment(connectionString)) start.Environment[variable] = value;
        return start;
    }

    internal static Dictionary<string, string?> Environment(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return new(StringComparer.Ordinal)
        {
            ["PGHOST"] = settings.Host,
            ["PGPORT"] = settings.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = settings.Username,
            ["PGPASSWORD"] = settings.Password,
            ["PGDATABASE"] = settings.Database ?? settings.Username,
            ["PGAPPNAME"] = "alur",
            ["PGSSLMODE"] = settings.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var other => other.ToString().ToLowerInvariant(),
            },
            ["PGSSLROOTCERT"] = settings.RootCertificate, // null takes a variable away
            ["PGOPTIONS"] = null,
            ["PGSERVICE"] = null,
            ["LC_ALL"] = "C.UTF-8",
        };
    }

    private static async Task<(int ExitCode, string Output, string Errors)> Run(ProcessStartInfo start, CancellationToken ct)
    {
        using var process = Started(start);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return (process.ExitCode, await output, (await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new PostgresUnavailableException("PROGRAM_MISSING", $"Cannot run {start.FileName}: {e.Message}.", e);
        }
    }
}
