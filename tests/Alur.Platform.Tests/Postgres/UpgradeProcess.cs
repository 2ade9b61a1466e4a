using System.Diagnostics;
using Alur.Platform.Postgres;

namespace Alur.Platform.Tests.Postgres;

/// <summary>An upgrade in a process of its own that kills itself at the beginning of one of its steps, as a power cut would.</summary>
internal static class UpgradeProcess
{
    public const string Verb = "upgrade-cluster";

    /// <summary>Runs until it is dead, or done; the exit code is 0 only when it was done.</summary>
    public static async Task<int> RunAndKill(ClusterOptions options, string step)
    {
        using var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [typeof(UpgradeProcess).Assembly.Location, Verb, options.Directory!, options.BinariesRoot, step]) { UseShellExecute = false })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }

    public static async Task<int> Run(string[] args)
    {
        await UpgradeCluster.Run(Options(args[0], args[1]), step => KillAt(step, args[2]), CancellationToken.None);
        return 0;
    }

    public static ClusterOptions Options(string directory, string binaries) =>
        new("", "") { Directory = directory, BinariesRoot = binaries, Durable = false, StartTimeout = TimeSpan.FromSeconds(60) };

    private static void KillAt(string step, string wanted)
    {
        if (step.StartsWith(wanted, StringComparison.Ordinal))
        {
            Process.GetCurrentProcess().Kill();
            new ManualResetEvent(initialState: false).WaitOne(); // dead before this returns
        }
    }
}
