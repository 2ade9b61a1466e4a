using System.CommandLine;
using Alur.Host.Commands.Demo;

namespace Alur.Host.Commands;

/// <summary><c>alur simulate …</c>: stand-ins that speak the real protocols, each a subcommand of its own file.</summary>
internal static class SimulateCommand
{
    public static Command Create() => new Command("simulate", "Run a stand-in for an outside system")
    {
        SimulateBpjs.Create(),
        SimulateKhanza.Create(),
    }.MayBeOfDemo();
}
