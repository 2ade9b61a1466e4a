using System.CommandLine;

namespace Alur.Host.Commands.Demo;

/// <summary>What every process of a demo carries on its command line, so that a later demo knows leftovers of its own directory.</summary>
internal static class DemoMark
{
    private static readonly Option<string?> Directory = new("--demo-directory") { Description = "The demo that started this process", Hidden = true, Recursive = true };

    /// <summary>One argument.</summary>
    public static string Of(string directory) => $"{Directory.Name}={directory}";

    /// <summary>Lets the demo start this verb, and those below it; they do nothing with the mark.</summary>
    public static Command MayBeOfDemo(this Command verb)
    {
        verb.Options.Add(Directory);
        return verb;
    }
}
