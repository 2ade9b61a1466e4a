namespace Alur.Host.Startup;

/// <summary>Ends a command with messages for a person and no stack trace.</summary>
internal sealed class Refusal(int exitCode, string code, IReadOnlyList<string> messages) : Exception(string.Join(Environment.NewLine, messages))
{
    private const string OfSettings = "CONFIGURATION";

    public int ExitCode { get; } = exitCode;

    /// <summary>Stable, for programs.</summary>
    public string Code { get; } = code;

    /// <summary>People find it under its code in the documentation; mistakes in settings are told by their keys.</summary>
    public bool IsListed => Code != OfSettings;

    public IReadOnlyList<string> Messages { get; } = messages;

    /// <summary>The database is empty, or an older version made it.</summary>
    public static Refusal TablesMissing() => new(CommandLine.Failed, "MIGRATIONS_PENDING",
        ["The database has not this version's tables yet: it is new, or an older version made it. ./alur serve makes what is missing and begins to read Khanza; ./alur migrate up only makes it. What is there is kept."]);

    /// <summary>The configuration is wrong: one message per mistake, each naming its key.</summary>
    public static Refusal Configuration(IEnumerable<string> mistakes) => new(CommandLine.WrongUsage, OfSettings, [.. mistakes]);
}
