using System.CommandLine;
using Alur.Host.Startup;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Results;

namespace Alur.Host.Commands;

/// <summary><c>alur user add|reset|list|disable|enable|erase|role|grants</c>: accounts, for those who sit at the server.</summary>
internal static class UserCommand
{
    private static readonly Argument<string> Email = new("EMAIL") { Description = "The account's e-mail address" };
    private static readonly Option<string> Name = new("--name") { Description = "Shown to others; the e-mail address unless given" };
    private static readonly Option<string> Phone = new("--phone") { Description = "8 to 15 digits, with + before them or not" };
    private static readonly Option<string> Role = new("--role") { Description = "admin or client", DefaultValueFactory = _ => Policies.Client };
    private static readonly Argument<string> NewRole = new("ROLE") { Description = "admin or client" };
    private static readonly Option<string[]> Grants = new("--grant") { Description = "What they may do, such as front-office; may be repeated", HelpName = "GRANT" };
    private static readonly Argument<string[]> AllGrants = new("GRANT") { Description = "Exactly these from now on; none takes all away", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> SecondFactor = new("--second-factor") { Description = "Forget the code of the phone too" };

    public static Command Create() => new Command("user", "Make, list and change accounts")
    {
        Verb("add", "Make an account and show the link by which its holder chooses a password", Add, Email, Name, Phone, Role, Grants),
        Verb("reset", "Show a new link for somebody who cannot get in any more", Reset, Email, SecondFactor),
        Verb("list", "List accounts by e-mail address", List),
        Verb("disable", "Shut an account, at once and everywhere", (p, s, ct) => Done(p, s.GetRequiredService<DisableUser>().Run(Of(p), AuditOrigin.System, ct), "can no longer sign in"), Email),
        Verb("enable", "Open a disabled account again", (p, s, ct) => Done(p, s.GetRequiredService<DisableUser>().Undo(Of(p), AuditOrigin.System, ct), "can sign in again"), Email),
        Verb("erase", "Take out of a disabled account whatever says whose it was; there is no way back", (p, s, ct) => Done(p, s.GetRequiredService<EraseUser>().Run(Of(p), AuditOrigin.System, ct), "is erased; histories go on naming the account by its id"), Email),
        Verb("role", "Make somebody admin or client", (p, s, ct) => Done(p, s.GetRequiredService<ChangeUser>().Role(Of(p), p.GetRequiredValue(NewRole), AuditOrigin.System, ct), $"is {p.GetValue(NewRole)} now"), Email, NewRole),
        Verb("grants", "Say exactly what somebody may do beyond the role", ChangeGrants, Email, AllGrants),
    }.WithSettings();

    private static Command Verb(string name, string description, Func<ParseResult, IServiceProvider, CancellationToken, Task<int>> action, params Symbol[] symbols)
    {
        var verb = new Command(name, description) { CommandLine.Json };
        return verb.With(symbols).Acts(action);
    }

    private static async Task<int> Add(ParseResult parsed, IServiceProvider services, CancellationToken ct)
    {
        var user = new NewUser(Of(parsed), parsed.GetValue(Name) ?? Of(parsed), parsed.GetValue(Phone), parsed.GetRequiredValue(Role), parsed.GetValue(Grants) ?? []);
        return Show(parsed, services, Value(await services.GetRequiredService<AddUser>().Run(user, AuditOrigin.System, ct)));
    }

    private static async Task<int> Reset(ParseResult parsed, IServiceProvider services, CancellationToken ct) =>
        Show(parsed, services, Value(await services.GetRequiredService<ResetUser>().Run(Of(parsed), parsed.GetValue(SecondFactor), AuditOrigin.System, ct)));

    private static int Show(ParseResult parsed, IServiceProvider services, SetUpLink link)
    {
        var address = services.GetRequiredService<IConfiguration>()["urls"]?.Split(';')[0].TrimEnd('/') ?? HostSettings.DefaultUrl;
        CommandLine.Print(parsed, new { ok = true, link = address + link.Path, expiresAt = link.ExpiresAt }, o =>
            o.WriteLine($"{Of(parsed)} chooses a password here; the link works once, until {link.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm}Z, and is shown only now: {address}{link.Path}"));
        return CommandLine.Succeeded;
    }

    private static async Task<int> List(ParseResult parsed, IServiceProvider services, CancellationToken ct)
    {
        var users = await services.GetRequiredService<ListUsers>().Run(ct);
        CommandLine.Print(parsed, new { ok = true, users }, o =>
        {
            foreach (var user in users)
            {
                o.WriteLine($"{user.Email,-32} {user.Role,-7} {Told(user)}{string.Join(' ', user.Grants)}".TrimEnd());
            }
        });
        return CommandLine.Succeeded;
    }

    private static string Told(User user) => user switch
    {
        { DisabledAt: { } at } => $"disabled {at.UtcDateTime:yyyy-MM-dd}  ",
        { LockedUntil: { } until } => $"locked until {until.UtcDateTime:HH:mm}Z  ",
        { LastSignInAt: null } => "never signed in  ",
        _ => "",
    };

    private static Task<int> ChangeGrants(ParseResult parsed, IServiceProvider services, CancellationToken ct)
    {
        var names = parsed.GetValue(AllGrants) ?? [];
        return Done(parsed, services.GetRequiredService<ChangeUser>().Grants(Of(parsed), names, AuditOrigin.System, ct), names is [] ? "has no grants now" : $"may do this now: {string.Join(' ', names)}");
    }

    private static async Task<int> Done(ParseResult parsed, Task<Result<Guid>> change, string said)
    {
        var id = Value(await change);
        CommandLine.Print(parsed, new { ok = true, id }, o => o.WriteLine($"{Of(parsed)} {said}."));
        return CommandLine.Succeeded;
    }

    private static string Of(ParseResult parsed) => parsed.GetRequiredValue(Email);

    private static T Value<T>(Result<T> result) => result.Error is { } error
        ? throw new Refusal(error is Invalid ? CommandLine.WrongUsage : CommandLine.Failed, error.Code, [error.Message])
        : result.Value;
}
