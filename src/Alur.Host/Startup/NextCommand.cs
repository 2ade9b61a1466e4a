using System.CommandLine;

namespace Alur.Host.Startup;

/// <summary>A command to type next that reads the same settings and the same hospital as the one that was typed. What opens something is not repeated.</summary>
internal sealed class NextCommand(ParseResult parsed, Option<string> site)
{
    private static readonly string[] Secrets = ["Password", "SecretKey", "UserKey", "ConsId", "ConnectionStrings", "Webhook", "Token"];

    /// <summary>The verb with <c>--site</c>, <c>--config</c> and <c>--set</c> as they were given.</summary>
    /// <param name="verb">Such as <c>antrean profile</c>.</param>
    /// <param name="ofSite">It knows <c>--site</c>.</param>
    public string Of(string verb, bool ofSite = true)
    {
        var chosen = ofSite && parsed.GetResult(site) is { Implicit: false } ? (string[])["--site", parsed.GetValue(site)!] : [];
        return string.Join(' ', [$"./alur {verb}", .. chosen.Concat(HostSettings.Given(parsed).Select(WithoutSecret)).Select(Quoted)]);
    }

    // A setting is KEY=VALUE; a file's name has no key that is called like a secret.
    private static string WithoutSecret(string argument) =>
        argument.Split('=', 2) is [var key, _] && Secrets.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)) ? $"{key}=…" : argument;

    private static string Quoted(string argument) =>
        argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%…".Contains(c, StringComparison.Ordinal)) ? argument : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
