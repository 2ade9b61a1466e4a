using System.CommandLine;
using Alur.Antrean.Sites;
using Alur.Host.Startup;
using Alur.Platform.Results;
using Microsoft.Extensions.Options;

namespace Alur.Host.Commands.Antrean;

/// <summary><c>alur antrean mode</c>: whether a hospital sends or observes; with a word behind it, the switch, which running servers follow at once.</summary>
internal static class ModeVerb
{
    private static readonly Argument<string?> Wanted = new("MODE") { Description = "observe or send; says what holds when left out", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> SendFrom = new("--send-from") { Description = "Visits that began earlier are not sent, such as 2026-02-01T00:00 by the hospital's clock; from now on when left out", HelpName = "TIME" };

    public static Command Create(Option<string> site)
    {
        var verb = new Command("mode", "Say whether the hospital sends to BPJS or only observes, or switch it") { Wanted, site, SendFrom, Spoken.Option, CommandLine.Json };
        return verb.Acts((parsed, services, ct) => Run(parsed, services, parsed.GetValue(site)!, ct));
    }

    private static async Task<int> Run(ParseResult parsed, IServiceProvider services, string site, CancellationToken ct)
    {
        KnownSites.Check(services, site);
        var switched = parsed.GetValue(Wanted) is { } wanted
            ? AntreanCommand.Value(await services.GetRequiredService<Func<string, SwitchRequest, CancellationToken, Task<Result<Switched>>>>()(site, new(wanted, parsed.GetValue(SendFrom)), ct))
            : new Switched(await Now(services, site, ct), Changed: false, Withdrawn: 0);
        var settings = services.GetRequiredService<IOptions<AntreanOptions>>().Value.Sites[site];
        CommandLine.Print(parsed, new { ok = true, switched.Now, switched.Changed, switched.Withdrawn }, o =>
        {
            var language = Spoken.In(parsed);
            o.WriteLine(new Alur.Platform.Doctor.Words(
                switched.Now.Sends ? $"{site}: mengirim ke BPJS." : $"{site}: hanya mengamati, tidak ada yang dikirim.",
                switched.Now.Sends ? $"{site}: sends to BPJS." : $"{site}: observes, nothing is sent.").In(language));
            if (switched.Withdrawn > 0)
                o.WriteLine(new Alur.Platform.Doctor.Words($"Ditarik dari antrean: {switched.Withdrawn}.", $"Taken back from the queue: {switched.Withdrawn}.").In(language));
            if (switched.Now.Told(settings) is { } told)
                o.WriteLine(told.In(language));
        });
        return CommandLine.Succeeded;
    }

    private static async Task<SiteMode> Now(IServiceProvider services, string site, CancellationToken ct) =>
        (await services.GetRequiredService<Func<CancellationToken, Task<IReadOnlyList<SiteMode>>>>()(ct)).FirstOrDefault(mode => mode.Site == site)
        ?? throw new Refusal(CommandLine.Failed, "SITE_NEVER_SERVED", [$"Nothing was ever read for site '{site}': start the server first (./alur serve)."]);
}
