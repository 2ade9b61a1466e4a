using System.CommandLine;
using Alur.Host.Commands.Demo;
using Alur.Host.Startup;
using Microsoft.AspNetCore.Connections;

namespace Alur.Host.Commands;

/// <summary><c>alur simulate …</c>: stand-ins that speak the real protocols, each a subcommand of its own file.</summary>
internal static class SimulateCommand
{
    public static Command Create() => new Command("simulate", "Run a stand-in for an outside system")
    {
        SimulateBpjs.Create(),
        SimulateKhanza.Create(),
    }.MayBeOfDemo();

    /// <summary>Starts a stand-in; a port that is taken is told with the option that chooses another.</summary>
    /// <exception cref="Refusal">Something else listens there.</exception>
    public static async Task<T> On<T>(int port, Func<Task<T>> start)
    {
        // The command line minds SIGTERM only once this method has returned to it, and starting is hardly ever asynchronous.
        await Task.Yield();
        try
        {
            return await start();
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new Refusal(CommandLine.Failed, "ADDRESS_IN_USE", [$"http://127.0.0.1:{port} is in use already. Stop the other program, or choose another port with --port (0 takes a free one)."]);
        }
    }
}
