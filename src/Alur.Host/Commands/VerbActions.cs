using System.CommandLine;
using Alur.Host.Startup;

namespace Alur.Host.Commands;

/// <summary>Verbs that use the modules beside a server that may or may not run.</summary>
internal static class VerbActions
{
    /// <summary>Gives a verb its arguments and options.</summary>
    public static Command With(this Command verb, IEnumerable<Symbol> symbols)
    {
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                verb.Arguments.Add(argument);
            }
            else
            {
                verb.Options.Add((Option)symbol);
            }
        }

        return verb;
    }

    /// <summary>Lets a verb act on the installation's database with everything that a server would have registered.</summary>
    public static Command Acts(this Command verb, Func<ParseResult, IServiceProvider, CancellationToken, Task<int>> action)
    {
        verb.SetAction(async (parsed, ct) =>
        {
            var configuration = HostSettings.Read(parsed);
            await using var database = await DatabaseSession.Open(configuration, asHost: false, ct);
            configuration["ConnectionStrings:Alur"] = database.App;
            await using var services = VerbServices.Build(configuration);
            return await action(parsed, services, ct);
        });
        return verb;
    }
}
