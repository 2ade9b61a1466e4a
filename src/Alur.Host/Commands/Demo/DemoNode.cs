using System.Globalization;

namespace Alur.Host.Commands.Demo;

/// <summary>One server of the demo, which may be killed and started again.</summary>
/// <param name="name">Of its log files.</param>
internal sealed class DemoNode(DemoStage stage, string name, IReadOnlyDictionary<string, string> settings)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

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
    /// <param name="inHand">Notes what that was.</param>
    /// <param name="awaySince">As <see cref="CallsInHand.Note"/> has it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task Kill(CallsInHand inHand, DateTimeOffset? awaySince, CancellationToken ct)
    {
        await stage.Kill(_child!);
        await inHand.Note(awaySince, ct);
    }
}
