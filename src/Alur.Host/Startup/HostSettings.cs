using System.CommandLine;

namespace Alur.Host.Startup;

/// <summary>
/// Where configuration comes from, later ones winning: appsettings.json beside the program, alur.json in the working directory or
/// <c>--config FILE</c>, the environment (plain names, then with the prefix ALUR_), <c>--set KEY=VALUE</c>.
/// </summary>
internal static class HostSettings
{
    /// <summary>Bound only where somebody configured nothing else.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5080";

    private const string DefaultFile = "alur.json";

    /// <summary>Gives a verb, and those below it, the options that say where its configuration comes from. Only verbs that read one have them.</summary>
    public static Command WithSettings(this Command verb)
    {
        verb.Options.Add(ConfigFile);
        verb.Options.Add(Overrides);
        return verb;
    }

    private static Option<string?> ConfigFile { get; } = new("--config") { Description = "Configuration file instead of ./alur.json", HelpName = "FILE", Recursive = true };

    private static Option<string[]> Overrides { get; } = new("--set")
    {
        Description = "One setting, such as Antrean:Sites:default:Mode=observe; may be repeated",
        HelpName = "KEY=VALUE",
        Recursive = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>The directory whose <c>data/</c> holds the embedded databases: the checkout, or where the program was installed.</summary>
    public static string Root { get; } = Environment.GetEnvironmentVariable("ALUR_ROOT") is { Length: > 0 } given ? given : FindRoot();

    /// <summary>Replaces the builder's sources by ours and refuses what cannot be read.</summary>
    public static void Apply(ConfigurationManager configuration, ParseResult parsed)
    {
        configuration.Sources.Clear();
        configuration.AddInMemoryCollection([new("urls", DefaultUrl), new("AllowedHosts", "*")]);
        configuration.AddEnvironmentVariables("ASPNETCORE_");
        var chosen = parsed.GetValue(ConfigFile);
        AddFile(configuration, Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        AddFile(configuration, Path.GetFullPath(chosen ?? DefaultFile), optional: chosen is null);
        configuration.AddEnvironmentVariables();
        configuration.AddEnvironmentVariables("ALUR_");
        var given = new ConfigurationBuilder().AddInMemoryCollection((parsed.GetValue(Overrides) ?? []).Select(Override)
            .Reverse().DistinctBy(s => s.Key, StringComparer.OrdinalIgnoreCase)).Build(); // given twice, the last one counts
        configuration.AddConfiguration(given);
        List<string> mistakes = [.. ConfigurationMistakes.UnknownSections(given, "--set"), .. ConfigurationMistakes.Find(configuration)];
        if (mistakes.Count > 0)
        {
            throw Refusal.Configuration(mistakes);
        }
    }

    /// <summary>The file that was read, or null: there was none to read.</summary>
    public static string? FileInUse(ParseResult parsed) =>
        Path.GetFullPath(parsed.GetValue(ConfigFile) ?? DefaultFile) is var path && File.Exists(path) ? path : null;

    /// <summary>The options of <see cref="WithSettings"/> as they were typed.</summary>
    public static IEnumerable<string> Given(ParseResult parsed) =>
        from option in (Option[])[ConfigFile, Overrides]
        from token in parsed.GetResult(option)?.Tokens ?? []
        from word in (string[])[option.Name, token.Value]
        select word;

    /// <summary>The configuration of verbs that do not serve.</summary>
    public static ConfigurationManager Read(ParseResult parsed)
    {
        var configuration = new ConfigurationManager();
        Apply(configuration, parsed);
        return configuration;
    }

    private static void AddFile(ConfigurationManager configuration, string path, bool optional)
    {
        try
        {
            configuration.AddJsonFile(path, optional, reloadOnChange: false);
            if (ConfigurationMistakes.UnknownSections(new ConfigurationBuilder().AddJsonFile(path, optional).Build(), path).ToList() is { Count: > 0 } unknown)
            {
                throw Refusal.Configuration(unknown);
            }
        }
        catch (FileNotFoundException)
        {
            throw Refusal.Configuration([$"--config: {path} does not exist"]);
        }
        catch (InvalidDataException e)
        {
            throw Refusal.Configuration([$"{path} is not valid JSON: {e.InnerException?.InnerException?.Message ?? e.InnerException?.Message ?? e.Message}"]);
        }
    }

    private static KeyValuePair<string, string?> Override(string text) =>
        text.Split('=', 2) is [{ Length: > 0 } key, var value]
            ? value.Length > 0 ? new(key.Replace("__", ":", StringComparison.Ordinal), value)
                : throw Refusal.Configuration([$"--set: '{text}' has no value. Leave it away to keep the default, or take the key out of the file that sets it"])
            : throw Refusal.Configuration([$"--set: '{text}' is not KEY=VALUE"]);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Alur.slnx")))
            {
                return directory.FullName;
            }
        }

        return AppContext.BaseDirectory;
    }
}
