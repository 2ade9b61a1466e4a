using System.CommandLine;
using System.CommandLine.Help;
using System.Data.Common;
using System.Text.Json;
using Alur.Host.Startup;
using Alur.Platform.Data;
using Alur.Platform.Postgres;
using Alur.Platform.Texts;
using Alur.Platform.Web;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Host;

/// <summary>What all verbs share: exit codes, <c>--json</c>, and how failures are told.</summary>
internal static class CommandLine
{
    public const int Succeeded = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>One JSON object as the last line of stdout; progress and failures for people go to stderr.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print the result as one JSON object on the last line" };

    /// <summary>Parses and runs; never throws.</summary>
    public static async Task<int> Run(string[] args, params Command[] verbs)
    {
        var root = new Command("alur", "Records every step of a visit once and tells those who must know: reliably, in order.") { new HelpOption(), ProgramVersion.Option };
        Array.ForEach(verbs, root.Subcommands.Add);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            TellUsage(parsed);
            return WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(45),
            });
        }
        catch (Exception e) when (Explain(e) is { } refusal)
        {
            return await Tell(refusal, WantsJson(parsed));
        }
        catch (OperationCanceledException)
        {
            return await Tell(new Refusal(Failed, "INTERRUPTED", ["Interrupted before the end."]), WantsJson(parsed));
        }
#pragma warning disable CA1031 // whatever it is, it ends with a line for a person and one of the three exit codes
        catch (Exception e)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(e.ToString());
            return await Tell(new Refusal(Failed, "UNEXPECTED", [$"This is a fault of Alur, please report it with the lines above: {e.Message}"]), WantsJson(parsed));
        }
    }

    /// <summary>Whether <c>--json</c> was given.</summary>
    public static bool WantsJson(ParseResult parsed) => parsed.GetResult(Json) is { Implicit: false };

    /// <summary>Prints the result of a verb: as JSON if asked for, else by <paramref name="print"/>.</summary>
    /// <param name="parsed">The command.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="print">Writes it for people.</param>
    /// <param name="json">Names other than those of the API; null: the same.</param>
    public static void Print<T>(ParseResult parsed, T result, Action<TextWriter> print, JsonSerializerOptions? json = null)
    {
        if (WantsJson(parsed))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(result, json ?? WebJson.Results));
        }
        else
        {
            print(Console.Out);
        }
    }

    private static void TellUsage(ParseResult parsed)
    {
        foreach (var message in Mistakes(parsed))
        {
            Console.Error.WriteLine($"alur: {message}");
        }

        var command = parsed.CommandResult.Command;
        var path = string.Join(' ', Path(command).Prepend("./alur"));
        if (Subcommands.AreNeededBy(command))
        {
            Subcommands.Tell(command, path, Console.Error);
        }
        else
        {
            Console.Error.WriteLine($"Try: {path} --help");
        }
    }

    // What follows an option that a verb does not have is not told apart from it: only the option is a mistake.
    private static IEnumerable<string> Mistakes(ParseResult parsed)
    {
        var unknown = parsed.UnmatchedTokens.Where(token => token.StartsWith('-')).ToList();
        var messages = Subcommands.OtherMistakes(parsed).ToList();
        return unknown.Count > 0 ? messages.Where(m => unknown.Exists(token => m.Contains($"'{token}'", StringComparison.Ordinal)))
            : messages.Count == 1 || parsed.UnmatchedTokens.Count == 0 ? messages
            : messages.Where(m => m.Contains('\'', StringComparison.Ordinal));
    }

    /// <summary>A failure that people can do something about, in their words; null: a fault of ours.</summary>
    internal static Refusal? Explain(Exception e) => e switch
    {
        Refusal refusal => refusal,
        PostgresUnavailableException p => new Refusal(Failed, p.Code, [p.Message]),
        MigrationFailedException m => new Refusal(Failed, m.Code, [m.Message]),
        OptionsValidationException o => Refusal.Configuration(OptionsMistakes.Of(o)),
        AggregateException a when a.InnerExceptions.All(i => i is OptionsValidationException) =>
            Refusal.Configuration(a.InnerExceptions.Cast<OptionsValidationException>().SelectMany(OptionsMistakes.Of)),
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName } =>
            Refusal.TablesMissing(),
        PostgresException p => new Refusal(Failed, "DATABASE_REFUSED", [$"The database refused: {OutsideText.Clean(p.MessageText)} ({p.SqlState})"]),
        NpgsqlException n => new Refusal(Failed, "DATABASE_UNREACHABLE", [$"The database does not answer: {OutsideText.Clean(n.Message)}"]),
        DbException d => new Refusal(Failed, "KHANZA_UNREACHABLE", [OutsideText.Clean(d.Message), "What is wrong with it, and what to do, says: ./alur doctor"]),
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } i => new Refusal(Failed, "ADDRESS_IN_USE", [$"{i.Message} {ListenAddresses.WhatToDo}"]),
        _ => null,
    };

    private static async Task<int> Tell(Refusal refusal, bool json)
    {
        foreach (var (place, message) in refusal.Messages.Index())
        {
            await Console.Error.WriteLineAsync(place == 0 && refusal.IsListed ? $"alur: {message} [{refusal.Code}]" : $"alur: {message}");
        }

        if (json)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { ok = false, code = refusal.Code, messages = refusal.Messages }, WebJson.Results));
        }

        return refusal.ExitCode;
    }

    private static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? [.. Path(parent), command.Name] : [];
}
