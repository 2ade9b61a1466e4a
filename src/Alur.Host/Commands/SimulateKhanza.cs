using System.CommandLine;
using Alur.Host.Commands.Demo;
using Alur.Host.Startup;
using Alur.MariaDb;
using Alur.Simulators;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;

namespace Alur.Host.Commands;

/// <summary><c>alur simulate khanza</c>: writes a planned hospital day into a Khanza database, at a clock that may run fast.</summary>
internal static class SimulateKhanza
{
    private const string ConnectionVariable = "ALUR_KHANZA_CONNECTION";

    private const string LookAtVisits = "select 1 from reg_periksa limit 0";
    private const int TableExists = 1050;
    private const int NoSuchTable = 1146;

    // Whom "simulate bpjs" lets in unless told otherwise.
    private static readonly BpjsSimulatorOptions s_known = new();

    private static readonly Option<string?> Connection = new("--connection")
    {
        Description = $"Khanza database with an account that may write, as Host=…;Port=…;User=…;Password=…;Database=…; else the environment's {ConnectionVariable}",
    };

    private static readonly Option<string?> Bpjs = new("--bpjs") { Description = "BPJS simulator that the hospital's desktop registers on-site patients with (loopback only)" };
    private static readonly Option<string> ConsId = new("--cons-id") { Description = "The desktop's account there", DefaultValueFactory = _ => s_known.ConsId };
    private static readonly Option<string> Secret = new("--secret") { Description = "Its secret", DefaultValueFactory = _ => s_known.SecretKey };
    private static readonly Option<string> UserKey = new("--user-key") { Description = "Its user key", DefaultValueFactory = _ => s_known.UserKey };
    private static readonly Option<int> Visits = new("--visits") { Description = "Visits of the day", DefaultValueFactory = _ => 400 };
    private static readonly Option<int> Seed = new("--seed") { Description = "The same seed gives the same day", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Port = new("--port") { Description = "Loopback port of the control endpoints; 0: any free one" };
    private static readonly Option<double> Poll = new("--poll") { Description = "Seconds between two polls of the bridge; what lives shorter counts as never visible", DefaultValueFactory = _ => 60 };
    private static readonly Option<bool> CreateTables = new("--create-tables") { Description = "Create our own minimal Khanza tables in the empty database first" };
    private static readonly Option<bool> Fork = new("--fork") { Description = "A changed Khanza: numbers of four digits, and with --create-tables own columns, task_id_3 to task_id_5 among them, and dropped keys" };
    private static readonly Option<string?> Clock = new("--clock")
    {
        Description = "The hospital's clock; else the last working day, 07:00 to 15:00, in a minute from now",
        HelpName = "START/END*FACTOR@ANCHOR",
    };

    public static Command Create()
    {
        var khanza = new Command("khanza", "A hospital day, written into an empty Khanza database; --create-tables makes the few tables that Alur reads")
        {
            Connection, CreateTables, Fork, Bpjs, ConsId, Secret, UserKey, Visits, Seed, Port, Poll, Clock,
        };
        khanza.Validators.Add(v =>
        {
            foreach (var option in (Option[])[ConsId, Secret, UserKey])
            {
                if (v.GetResult(option) is { Implicit: false } && v.GetResult(Bpjs) is null)
                    v.AddError($"{option.Name} has no use without --bpjs.");
            }
        });
        khanza.SetAction(Run);
        return khanza;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        var clock = ReadClock(parsed.GetValue(Clock));
        var day = PlanDay.From(new DayRequest(DateOnly.FromDateTime(clock.Start.DateTime), parsed.GetValue(Visits), parsed.GetValue(Seed))
        {
            Opens = TimeOnly.FromDateTime(clock.Start.DateTime),
            Closes = TimeOnly.FromDateTime(clock.End.DateTime),
            NumberDigits = parsed.GetValue(Fork) ? DayRequest.ForkDigits : DayRequest.KhanzaDigits,
        });
        await using var database = new MariaDbDataSource(ReadConnection(parsed));
        var options = new KhanzaSimulatorOptions(day, clock, database, Desktop(parsed), TimeSpan.FromSeconds(parsed.GetValue(Poll)), parsed.GetValue(Port));
        await Prepare(database, parsed.GetValue(CreateTables), parsed.GetValue(Fork), ct);
        await using var simulator = await SimulateCommand.On(options.Port, () => KhanzaSimulator.Start(options, ct));
        await Console.Out.WriteLineAsync($"Khanza stand-in listening on {simulator.Url.ToString().TrimEnd('/')}");
        await Console.Out.FlushAsync(CancellationToken.None); // whoever has read the line may end it at once, in order
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
        }
        catch (OperationCanceledException)
        {
            // told to end
        }

        return CommandLine.Succeeded;
    }

    // The day is written in the background: what is wrong from the beginning must be told before it says that it listens.
    private static async Task Prepare(MariaDbDataSource database, bool createTables, bool fork, CancellationToken ct)
    {
        try
        {
            if (createTables)
                await KhanzaSchema.Create(database, ct);
            if (createTables && fork)
                await KhanzaSchema.Fork(database, ct);
            await using var look = database.CreateCommand(LookAtVisits);
            await look.ExecuteScalarAsync(ct);
        }
        catch (MariaDbException e)
        {
            var (code, advice) = e switch
            {
                { Failure: MariaDbFailure.LoginRefused } => ("LOGIN_REFUSED", "Check User, Password and Database of --connection"),
                { Number: NoSuchTable } => ("TABLES_MISSING", "The database has no Khanza tables: add --create-tables to make them in an empty one"),
                { Number: TableExists } => ("TABLES_EXIST", "The database is not empty: leave --create-tables away, or choose another database"),
                { Failure: MariaDbFailure.Refused } => ("DATABASE_REFUSED", "The account must be allowed to write there, and to create tables for --create-tables"),
                _ => ("DATABASE_UNREACHABLE", "Check Host and Port of --connection, and that the server runs"),
            };
            throw new Refusal(CommandLine.Failed, code, [$"{advice} ({e.Message})."]);
        }
    }

    private static HospitalClock ReadClock(string? text)
    {
        try
        {
            return text is null ? DemoSettings.ClockOf(DemoSettings.LastWorkingDay(DateTimeOffset.UtcNow), 60, DateTimeOffset.UtcNow) : HospitalClock.Parse(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            throw new Refusal(CommandLine.WrongUsage, "CLOCK_NOT_READABLE", [$"--clock: {e.Message}"]);
        }
    }

    private static MariaDbConnectionOptions ReadConnection(ParseResult parsed)
    {
        var text = parsed.GetValue(Connection) ?? Environment.GetEnvironmentVariable(ConnectionVariable)
            ?? throw new Refusal(CommandLine.WrongUsage, "CONNECTION_MISSING", [$"--connection (or {ConnectionVariable}) is missing"]);
        try
        {
            return MariaDbConnectionOptions.Parse(text);
        }
        catch (ArgumentException e)
        {
            throw new Refusal(CommandLine.WrongUsage, "CONNECTION_NOT_READABLE", [$"--connection: {e.Message}"]);
        }
    }

    // Invented patients must never be registered with the real BPJS.
    private static DesktopOptions? Desktop(ParseResult parsed) => parsed.GetValue(Bpjs) switch
    {
        null => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var url) && url.IsLoopback =>
            new(url, parsed.GetValue(ConsId)!, parsed.GetValue(Secret)!, parsed.GetValue(UserKey)!),
        var text => throw new Refusal(CommandLine.WrongUsage, "BPJS_NOT_LOOPBACK", [$"--bpjs must be a simulator on this machine, but is {text}"]),
    };
}
