namespace Alur.Simulators.Bpjs;

/// <summary>The account that the stand-in for BPJS Antrean RS knows, and its habits.</summary>
public sealed class BpjsSimulatorOptions
{
    /// <summary>TCP port on loopback; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The only consumer id it knows.</summary>
    public string ConsId { get; init; } = "10000";

    /// <summary>That consumer's secret.</summary>
    public string SecretKey { get; init; } = "simulator-secret";

    /// <summary>That consumer's user key.</summary>
    public string UserKey { get; init; } = "simulator-user-key";

    /// <summary>How far a request's timestamp may be off; what BPJS itself tolerates is not public.</summary>
    public TimeSpan TimestampTolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How wrong the stand-in's own real clock is, to play a caller whose clock is wrong.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>How long an accepted task stays missing in <c>getlisttask</c>, as has been seen at BPJS.</summary>
    public TimeSpan ListLag { get; init; }

    /// <summary>What goes wrong at the start; may be changed while it runs.</summary>
    public BpjsFaults Faults { get; init; } = BpjsFaults.None;
}
