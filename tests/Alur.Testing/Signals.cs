using System.Diagnostics;
using System.Globalization;

namespace Alur.Testing;

/// <summary>Sends signals to processes a test started, through the shell's own <c>kill</c>: a small Debian has no program of that name.</summary>
public static class Signals
{
    /// <summary>Sends one signal.</summary>
    /// <param name="process">Still running, or the signal finds nobody and this throws.</param>
    /// <param name="name">Without SIG: TERM, INT, KILL.</param>
    public static void Send(Process process, string name)
    {
        using var shell = Process.Start("/bin/sh", ["-c", "kill -\"$1\" \"$2\"", "sh", name, process.Id.ToString(CultureInfo.InvariantCulture)]);
        shell.WaitForExit();
        if (shell.ExitCode != 0)
        {
            throw new InvalidOperationException($"SIG{name} did not reach process {process.Id}.");
        }
    }
}
