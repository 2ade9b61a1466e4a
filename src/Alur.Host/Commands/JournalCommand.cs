using System.CommandLine;
using System.Globalization;
using Alur.Host.Startup;
using Alur.Platform.Audit;
using Alur.Platform.Journal;
using Alur.Platform.Journal.Sealing;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Host.Commands;

/// <summary><c>alur journal stats | export | verify | consumers | pause | resume | reset | rebuild</c>: what happened, and who follows it.</summary>
internal static class JournalCommand
{
    private static readonly Option<string?> To = new("--to") { Description = "File to make; it must not exist (default: ./alur-journal-DATE-TIME.jsonl)", HelpName = "FILE" };
    private static readonly Argument<string> ExportFile = new("FILE") { Description = "What alur journal export has made" };
    private static readonly Option<string?> Head = new("--head") { Description = "A head that an earlier export printed and that was kept elsewhere; it must be in there", HelpName = "NUMBER:HASH" };
    private static readonly Option<string?> Key = new("--key") { Description = "Id of the key that must have signed everything", HelpName = "ID" };
    private static readonly Argument<string> Consumer = new("NAME") { Description = "The consumer, as alur journal consumers lists it" };
    private static readonly Option<long> Position = new("--to") { Description = "Handle what comes after this position (again)", HelpName = "POSITION", Required = true };

    public static Command Create()
    {
        var verify = new Command("verify", "Look whether an export is what was sealed; needs no database") { ExportFile, Head, Key, CommandLine.Json };
        verify.SetAction(Verify);
        return new Command("journal", "What happened: count it, export it, verify an export; see and steer who follows it")
        {
            Verb("stats", "How much there is, of which types, and how far it is sealed", Stats),
            Verb("export", "Write the whole journal with its seals into one file; the server may run meanwhile", Export, To),
            verify,
            Verb("consumers", "Who follows the journal, and how far behind", List),
            Steer("pause", "Stop a consumer where it is", (c, name, _, ct) => c.Pause(name, AuditOrigin.System, ct)),
            Steer("resume", "Let a consumer go on; one that failed tries the same entry again", (c, name, _, ct) => c.Resume(name, AuditOrigin.System, ct)),
            Steer("reset", "Put a consumer at a position; what it built stays", (c, name, parsed, ct) => c.Reset(name, parsed.GetValue(Position), AuditOrigin.System, ct), Position),
            Steer("rebuild", "Let a consumer forget what it built and build it anew", (c, name, _, ct) => c.Rebuild(name, AuditOrigin.System, ct)),
        }.WithSettings();
    }

    private static Command Verb(string name, string description, Func<ParseResult, IServiceProvider, CancellationToken, Task<int>> action, params Option[] options)
    {
        var verb = new Command(name, description) { CommandLine.Json };
        Array.ForEach(options, verb.Options.Add);
        verb.SetAction(async (parsed, ct) =>
        {
            var configuration = HostSettings.Read(parsed);
            await using var services = VerbServices.Build(configuration);
            await using var database = await DatabaseSession.Open(configuration, asHost: false, ct);
            configuration["ConnectionStrings:Alur"] = database.App;
            return await action(parsed, services, ct);
        });
        return verb;
    }

    private static Command Steer(
        string name, string description, Func<JournalConsumers, string, ParseResult, CancellationToken, Task<Result<string>>> order, params Option[] options)
    {
        var verb = Verb(name, description, async (parsed, services, ct) =>
        {
            var result = await order(services.GetRequiredService<JournalConsumers>(), parsed.GetRequiredValue(Consumer), parsed, ct);
            if (result.Error is { } error) throw new Refusal(error is Invalid ? CommandLine.WrongUsage : CommandLine.Failed, error.Code, [error.Message]);
            CommandLine.Print(parsed, new { ok = true, consumer = result.Value }, o => o.WriteLine($"{result.Value}: done."));
            return CommandLine.Succeeded;
        }, options);
        verb.Arguments.Add(Consumer);
        return verb;
    }

    private static async Task<int> Stats(ParseResult parsed, IServiceProvider services, CancellationToken ct)
    {
        var content = await services.GetRequiredService<JournalStats>().Run(ct);
        CommandLine.Print(parsed, new { ok = true, content.Entries, content.Streams, content.Bytes, content.First, content.Last, content.Blocks, content.SealedTo, content.Types }, o =>
        {
            o.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{content.Entries:N0} entries in {content.Streams:N0} streams, {BackupCommand.Size(content.Bytes)}; {content.Blocks:N0} blocks seal them up to position {content.SealedTo}."));
            foreach (var type in content.Types) o.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{type.Entries,14:N0}  {type.Type}"));
        });
        return CommandLine.Succeeded;
    }

    private static async Task<int> Export(ParseResult parsed, IServiceProvider services, CancellationToken ct)
    {
        var file = Path.GetFullPath(parsed.GetValue(To) ?? string.Create(CultureInfo.InvariantCulture, $"alur-journal-{DateTimeOffset.UtcNow:yyyyMMdd-HHmmss}.jsonl"));
        if (Path.Exists(file)) throw new Refusal(CommandLine.Failed, "FILE_EXISTS", [$"{file} exists already. Choose another name with --to."]);
        var unfinished = $"{file}.{Guid.NewGuid():N}.part";
        ExportedJournal exported;
        try
        {
            await using (var stream = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            await using (var writer = new StreamWriter(stream)) exported = await new ExportJournal(services.GetRequiredService<NpgsqlDataSource>()).Run(writer, ct);
            File.Move(unfinished, file);
        }
        finally
        {
            File.Delete(unfinished);
        }

        CommandLine.Print(parsed, new { ok = true, file, exported.Entries, exported.Blocks, exported.Unsealed, exported.Head, exported.Keys }, o =>
        {
            o.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Journal: {file}, {exported.Entries:N0} entries, {exported.Unsealed:N0} of them not sealed yet."));
            o.WriteLine(exported.Head is null ? "Nothing is sealed: it cannot be verified." : $"Write this down elsewhere, it shows later whether the end was cut off: --head {exported.Head} --key {exported.Keys[^1]}");
        });
        return CommandLine.Succeeded;
    }

    private static async Task<int> Verify(ParseResult parsed, CancellationToken ct)
    {
        var file = parsed.GetRequiredValue(ExportFile);
        if (!File.Exists(file)) throw new Refusal(CommandLine.WrongUsage, "FILE_UNKNOWN", [$"{file} does not exist."]);
        using var reader = new StreamReader(file);
        var verified = await VerifyExport.Run(reader, parsed.GetValue(Head), parsed.GetValue(Key), ct);
        var ok = verified is { Mistakes.Count: 0, Blocks: > 0 };
        CommandLine.Print(parsed, new { ok, verified.Entries, verified.Blocks, verified.Unsealed, verified.Head, verified.Keys, verified.Mistakes }, o =>
        {
            foreach (var mistake in verified.Mistakes) o.WriteLine(mistake);
            if (verified.Blocks == 0)
                o.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Nothing is sealed: nothing speaks for or against the {verified.Entries:N0} entries of this file. ./alur doctor says how the journal is sealed; what is exported after that can be verified."));
            else o.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(ok ? "As it was sealed" : "NOT as it was sealed")}: {verified.Entries:N0} entries, {verified.Blocks:N0} blocks, {verified.Unsealed:N0} entries that nothing seals; signed by {string.Join(", ", verified.Keys)}."));
        });
        return ok ? CommandLine.Succeeded : CommandLine.Failed;
    }

    private static async Task<int> List(ParseResult parsed, IServiceProvider services, CancellationToken ct)
    {
        var all = await services.GetRequiredService<JournalConsumers>().List(ct);
        CommandLine.Print(parsed, new { ok = true, consumers = all }, o =>
        {
            foreach (var c in all)
                o.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{c.Name,-24} {c.State,-8} {c.Behind,7:N0} behind  at {c.Position}{(c.Error is null ? "" : $"  stopped at {c.FailedPosition}: {c.Error}")}{(c.WaitsSince is null ? "" : $"  waiting since {c.WaitsSince:u}: {c.WaitsFor}")}"));
        });
        return CommandLine.Succeeded;
    }
}
