using System.CommandLine;
using Alur.Simulators.Bpjs;

namespace Alur.Host.Commands;

/// <summary><c>alur simulate bpjs</c>: BPJS Antrean RS on loopback, with invented credentials.</summary>
internal static class SimulateBpjs
{
    private static readonly BpjsSimulatorOptions s_known = new();

    private static readonly Option<int> Port = new("--port") { Description = "TCP port on loopback; 0 takes a free one", HelpName = "P" };
    private static readonly Option<string> ConsId = Text("--cons-id", "Consumer id to accept", s_known.ConsId);
    private static readonly Option<string> Secret = Text("--secret", "That consumer's secret", s_known.SecretKey);
    private static readonly Option<string> UserKey = Text("--user-key", "That consumer's user key", s_known.UserKey);
    private static readonly Option<string> Faults = Text("--faults", "What goes wrong: none, light or heavy", "none");
    private static readonly Option<int> Seed = new("--random-seed") { Description = "Seed of the faults", HelpName = "N" };
    private static readonly Option<int?> ParentPid = new("--parent-pid") { Description = "End when this process has gone", HelpName = "PID" };
    private static readonly Option<bool> EndWithStdin = new("--end-with-stdin") { Description = "End when standard input is closed" };

    public static Command Create()
    {
        var verb = new Command("bpjs", "Stand in for BPJS Antrean RS") { Port, ConsId, Secret, UserKey, Faults, Seed, ParentPid, EndWithStdin };
        Faults.AcceptOnlyFromAmong("none", "light", "heavy");
        verb.Validators.Add(v =>
        {
            if (v.GetResult(Seed) is { Implicit: false } && v.GetValue(Faults) is not ("light" or "heavy")) // a default is not there yet while options are validated
                v.AddError("--random-seed has no use without --faults light or heavy.");
        });
        verb.SetAction((parsed, ct) => SimulateCommand.On(
            parsed.GetValue(Port), () => RunBpjsSimulator.Run(Read(parsed), parsed.GetValue(ParentPid), parsed.GetValue(EndWithStdin), ct)));
        return verb;
    }

    private static BpjsSimulatorOptions Read(ParseResult parsed) => new()
    {
        Port = parsed.GetValue(Port),
        ConsId = parsed.GetValue(ConsId)!,
        SecretKey = parsed.GetValue(Secret)!,
        UserKey = parsed.GetValue(UserKey)!,
        Faults = BpjsFaults.Named(parsed.GetValue(Faults)!, parsed.GetValue(Seed)),
    };

    private static Option<string> Text(string name, string description, string fallback) =>
        new(name) { Description = description, DefaultValueFactory = _ => fallback };
}
