using Alur.Platform.Tests.Delivery;
using Alur.Platform.Tests.Postgres;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Alur.Platform.Tests;

/// <summary>Runs the tests, or is the process that <see cref="KillTests"/> or <see cref="UpgradeClusterTests"/> kills.</summary>
internal static class EntryPoint
{
    public static Task<int> Main(string[] args) => args switch
    {
        [WorkerProcess.Verb, var connectionString, var url] => WorkerProcess.Run(connectionString, url),
        [UpgradeProcess.Verb, .. var rest] => UpgradeProcess.Run(rest),
        _ when args.Any(arg => arg is "--server" or "--internal-msbuild-node") =>
            TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => ConsoleRunner.Run(args),
    };
}
