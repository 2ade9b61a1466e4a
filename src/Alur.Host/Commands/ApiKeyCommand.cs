using System.CommandLine;
using Alur.Host.Startup;
using Alur.Platform.Audit;
using Alur.Platform.Results;
using Alur.Platform.Web;

namespace Alur.Host.Commands;

/// <summary><c>alur api-key new NAME | list | revoke NAME</c>: keys of programs that call the API.</summary>
internal static class ApiKeyCommand
{
    private static readonly Option<string[]> Grants = new("--grant") { Description = "What it is good for, such as front-office; may be repeated; every grant unless given", HelpName = "GRANT" };
    private static readonly Argument<string> Name = new("NAME") { Description = "Who holds the key, such as front-desk" };

    public static Command Create() => new Command("api-key", "Make, list and revoke keys of API callers")
    {
        Verb("new", "Make a key and show it, once", New, Name, Grants),
        Verb("list", "List keys by name", List),
        Verb("revoke", "Make a key stop working", Revoke, Name),
    }.WithSettings();

    private static Command Verb(string name, string description, Func<ParseResult, ApiKeys, CancellationToken, Task<int>> action, params Symbol[] symbols)
    {
        var verb = new Command(name, description) { CommandLine.Json };
        return verb.With(symbols).Acts((parsed, services, ct) => action(parsed, services.GetRequiredService<ApiKeys>(), ct));
    }

    private static async Task<int> New(ParseResult parsed, ApiKeys keys, CancellationToken ct)
    {
        var key = Value(await keys.Create(parsed.GetRequiredValue(Name), parsed.GetValue(Grants) is { Length: > 0 } some ? some : [ApiKeys.EveryGrant], AuditOrigin.System, ct));
        CommandLine.Print(parsed, new { ok = true, key }, o => o.WriteLine($"API key, shown this once (only its SHA-256 is kept): {key}"));
        return CommandLine.Succeeded;
    }

    private static async Task<int> List(ParseResult parsed, ApiKeys keys, CancellationToken ct)
    {
        var all = await keys.List(ct);
        CommandLine.Print(parsed, new { ok = true, keys = all }, o =>
        {
            foreach (var key in all)
            {
                o.WriteLine($"{key.Name,-24} {key.CreatedAt:yyyy-MM-dd HH:mm}Z  {string.Join(' ', key.Scopes)}{(key.RevokedAt is { } at ? $"  revoked {at:yyyy-MM-dd HH:mm}Z" : "")}");
            }
        });
        return CommandLine.Succeeded;
    }

    private static async Task<int> Revoke(ParseResult parsed, ApiKeys keys, CancellationToken ct)
    {
        var name = Value(await keys.Revoke(parsed.GetRequiredValue(Name), AuditOrigin.System, ct));
        CommandLine.Print(parsed, new { ok = true, revoked = name }, o => o.WriteLine($"{name} no longer works."));
        return CommandLine.Succeeded;
    }

    private static string Value(Result<string> result) => result.Error is { } error
        ? throw new Refusal(error is Invalid ? CommandLine.WrongUsage : CommandLine.Failed, error.Code, [error.Message])
        : result.Value;
}
