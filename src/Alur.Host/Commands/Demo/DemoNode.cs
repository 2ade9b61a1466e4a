using System.Globalization;
using Alur.Simulators.Bpjs;
using Npgsql;

namespace Alur.Host.Commands.Demo;

/// <summary>One server of the demo, which may be killed and started again.</summary>
/// <param name="name">Of its log files.</param>
internal sealed class DemoNode(DemoStage stage, string name, IReadOnlyDictionary<string, string> settings)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private const string UnderWay = """
        select payload -> 'body' ->> 'kodebooking', (payload -> 'body' ->> 'taskid')::int from delivery.jobs where state = 'SENDING'
        """;

    private DemoChild? _child;
    private int _starts;

    /// <summary>The process as it was last started; null before.</summary>
    public DemoChild? Child => _child;

    /// <summary>It runs, whether ready or not.</summary>
    public bool IsRunning => _child is { HasEnded: false };

    /// <summary>Its address, since it was last ready.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Starts it.</summary>
    /// <param name="sameAddress">Where it was before, so that whoever asks it need not be told.</param>
    public void Start(bool sameAddress = false)
    {
        if (_child is not null)
            stage.Forget(_child);
        var with = sameAddress ? new Dictionary<string, string>(settings) { ["Urls"] = Url } : settings;
        _child = stage.Start(++_starts == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{_starts}"), with, "serve");
    }

    /// <summary>Waits until it listens.</summary>
    /// <exception cref="Startup.Refusal">It ended first, or took too long; with its last lines.</exception>
    public async Task Ready(CancellationToken ct) => Url = await _child!.Says("Listening: ", StartPatience, ct);

    /// <summary>kill -9; what it was sending at that moment it could not write down, and may tell again.</summary>
    public async Task Kill(DemoEyes eyes, CancellationToken ct)
    {
        await stage.Kill(_child!);
        var died = DateTimeOffset.UtcNow;
        await eyes.TellDeath(died, ct, await NotKept(ct));
    }

    /// <summary>The calls that servers have under way or not written down. Null while PostgreSQL is away: then they keep their results in memory.</summary>
    public async Task<IReadOnlyList<CallName>?> NotKept(CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(stage.Postgres.AppConnectionString);
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand(UnderWay, connection);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var calls = new List<CallName>();
            while (await reader.ReadAsync(ct))
                calls.Add(new(reader.GetString(0), await reader.IsDBNullAsync(1, ct) ? null : reader.GetInt32(1)));
            return calls;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }
}
