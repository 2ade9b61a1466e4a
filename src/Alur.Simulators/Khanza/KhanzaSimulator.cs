using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alur.Simulators.Khanza;

/// <summary>What a simulated Khanza day needs.</summary>
/// <param name="Database">An account that may write the tables of <see cref="KhanzaSchema"/>.</param>
/// <param name="Desktop">Where the desktop tells BPJS of on-site bookings; null: nobody does.</param>
/// <param name="Poll">How often the bridge polls, in real time; what lived shorter is <c>neverVisible</c>.</param>
/// <param name="Port">Loopback port of the control endpoints; 0: any free one.</param>
public sealed record KhanzaSimulatorOptions(
    HospitalDay Day,
    HospitalClock Clock,
    DbDataSource Database,
    DesktopOptions? Desktop,
    TimeSpan Poll,
    int Port = 0);

/// <summary>A hospital day running in this process, with its ledger on <c>GET /_control/ledger</c> and <c>/_control/progress</c> (loopback only).</summary>
public sealed class KhanzaSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly PlayDay _play;
    private readonly CancellationTokenSource _stop = new();
    private Exception? _failure;

    private KhanzaSimulator(WebApplication app, PlayDay play) => (_app, _play) = (app, play);

    /// <summary>Base address of the control endpoints.</summary>
    public Uri Url => new(_app.Urls.Single());

    /// <summary>Completes when the day has ended or broken off; never faults, see <see cref="DayProgress.Error"/>.</summary>
    public Task Finished { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the control endpoints and the day.</summary>
    public static async Task<KhanzaSimulator> Start(KhanzaSimulatorOptions options, CancellationToken ct = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{options.Port}");
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(LedgerJson.Options.Converters[0]));
        var app = builder.Build();
        var ledger = new KhanzaLedger(options.Clock, options.Poll);
        var simulator = new KhanzaSimulator(app, new PlayDay(options.Day, options.Clock, options.Database, ledger, options.Desktop));
        app.MapGet("/_control/ledger", () => Results.Json(ledger.Document(options.Day, simulator._play.Ended), LedgerJson.Options));
        app.MapGet("/_control/progress", () => Results.Json(simulator.Progress, LedgerJson.Options));
        await app.StartAsync(ct);
        simulator.Finished = simulator.Play();
        return simulator;
    }

    /// <summary>How far the day is.</summary>
    public DayProgress Progress => _play.Progress(_failure?.Message);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Finished;
        await _app.DisposeAsync();
        _play.Dispose();
        _stop.Dispose();
    }

    private async Task Play()
    {
        try
        {
            await Task.Run(() => _play.Run(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // The process stays up to answer with the ledger so far; whoever watches the progress sees the error.
            _failure = e;
        }
    }
}
