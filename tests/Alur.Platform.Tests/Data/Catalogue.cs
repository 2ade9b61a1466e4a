using System.Diagnostics;
using Npgsql;

namespace Alur.Platform.Tests.Data;

/// <summary>The schema of a database as pg_dump writes it: every object, constraint, grant and comment.</summary>
internal static class Catalogue
{
    public static async Task<string> Dump(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(PgDump()) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = ["--schema-only", $"--host={settings.Host}", $"--username={settings.Username}", $"--dbname={settings.Database}"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["PGPASSWORD"] = settings.Password;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);

        // Newer pg_dump puts a random word into these two lines.
        return string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("\\restrict", StringComparison.Ordinal) && !line.StartsWith("\\unrestrict", StringComparison.Ordinal)));
    }

    private static string PgDump() =>
        Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin", "pg_dump")).Where(File.Exists).Order(StringComparer.Ordinal).Last();
}
