using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Alur.Host;

/// <summary><c>alur --version</c>: the version, and the commit if it was built in a checkout.</summary>
internal sealed class ProgramVersion : SynchronousCommandLineAction
{
    private const int CommitDigits = 12;

    /// <summary>The option as it is given to the program itself.</summary>
    public static Option Option { get; } = new VersionOption { Description = "Print the version and the commit that it was built from", Action = new ProgramVersion() };

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var built = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        Console.Out.WriteLine($"alur {Of(built ?? "of an unknown version")}");
        return CommandLine.Succeeded;
    }

    /// <summary>What the build wrote down, VERSION or VERSION+COMMIT, in words.</summary>
    internal static string Of(string built) => built.Split('+') is [var version, { Length: > 0 } commit]
        ? $"{version} (commit {commit[..Math.Min(CommitDigits, commit.Length)]})"
        : built;
}
