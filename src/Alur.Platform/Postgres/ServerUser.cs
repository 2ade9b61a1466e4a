using System.ComponentModel;
using System.Diagnostics;

namespace Alur.Platform.Postgres;

/// <summary>
/// Who private servers run as: PostgreSQL and MariaDB refuse root, so as root they run as nobody through <c>setpriv</c> (no PAM, no
/// login shell); otherwise as ourselves.
/// </summary>
public static class ServerUser
{
    private const string SetPriv = "/usr/bin/setpriv";

    /// <summary>Whether servers run as somebody else than we do.</summary>
    public static bool IsOther => Environment.IsPrivilegedProcess;

    /// <summary>The command line that runs <paramref name="program"/> as the server's user. Paths must be absolute.</summary>
    public static ProcessStartInfo Command(string program, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(IsOther ? SetPriv : program)
        {
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (IsOther)
        {
            string[] become = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", program];
            Array.ForEach(become, start.ArgumentList.Add);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["HOME"] = "/";
        return start;
    }

    /// <summary>Runs a program as the server's user to its end; the text is what it printed.</summary>
    public static Task<(int ExitCode, string Output)> Run(string program, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken ct) =>
        Run(Command(program, arguments), timeout, ct);

    /// <summary>Whether the server's user can reach what is inside the directory.</summary>
    public static async Task<bool> CanReach(string directory, CancellationToken ct) =>
        (await Run("/usr/bin/test", ["-x", directory], TimeSpan.FromSeconds(10), ct)).ExitCode == 0;

    /// <summary>Whether the server's user can make files in the directory.</summary>
    public static async Task<bool> CanWrite(string directory, CancellationToken ct) =>
        (await Run("/usr/bin/test", ["-w", directory], TimeSpan.FromSeconds(10), ct)).ExitCode == 0;

    /// <summary>Makes a directory that only the server's user may enter, or takes over an existing one.</summary>
    public static async Task OwnDirectory(string directory, CancellationToken ct)
    {
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Own(directory, ct);
    }

    /// <summary>Gives a file or directory to the server's user.</summary>
    public static async Task Own(string path, CancellationToken ct)
    {
        if (!IsOther)
        {
            return;
        }

        var chown = new ProcessStartInfo("/usr/bin/chown") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        chown.ArgumentList.Add("nobody:nogroup");
        chown.ArgumentList.Add(path);
        var (exitCode, output) = await Run(chown, TimeSpan.FromSeconds(10), ct);
        if (exitCode != 0)
        {
            throw new PostgresUnavailableException("DATA_DIR_NOT_OURS", $"Cannot give {path} to the user nobody: {output}");
        }
    }

    private static async Task<(int ExitCode, string Output)> Run(ProcessStartInfo start, TimeSpan timeout, CancellationToken ct)
    {
        using var process = Start(start);
        process.StandardInput.Close();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(timeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, $"{await output}{await errors}".Trim());
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new PostgresUnavailableException("COMMAND_TOO_SLOW", $"{start.FileName} {string.Join(' ', start.ArgumentList)} did not end within {timeout.TotalSeconds:0} s.");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new PostgresUnavailableException("PROGRAM_MISSING", $"Cannot run {start.FileName}: {e.Message}. Run ./alur once, it installs what is missing.", e);
        }
    }
}
