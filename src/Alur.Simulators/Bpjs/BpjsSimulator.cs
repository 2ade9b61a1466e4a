using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alur.Simulators.Bpjs;

/// <summary>
/// A stand-in for BPJS Antrean RS on loopback: real HTTP, signature, encryption, rules and documented messages, with a ledger of its own.
/// It is an independent counterpart of the bridge and shares no code with it. Control: <c>PUT /_control/clock</c>, <c>PUT /_control/faults</c>, <c>PUT /_control/caller-died</c>, <c>PUT /_control/hfis</c>, <c>GET /_control/hfis</c>,
/// <c>GET /_control/ledger</c>, <c>GET /_control/counts</c>.
/// </summary>
public sealed class BpjsSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly AntreanBook _book;
    private readonly AntreanServer _server;
    private readonly HospitalTime _time = new();

    private BpjsSimulator(BpjsSimulatorOptions options)
    {
        _book = new(_time, options.ListLag);
        _server = new(options, _book, _time);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        _app = builder.Build();
        _app.Map("/_control", Control);
        _app.Run(_server.Handle);
    }

    /// <summary>Base address, such as <c>http://127.0.0.1:40123</c>.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Everything it was told so far.</summary>
    public BpjsLedger Ledger => _book.Export();

    /// <summary>How much it was told so far.</summary>
    public LedgerCounts Counts => _book.Counts();

    /// <summary>Starts listening; a taken port throws <see cref="IOException"/>.</summary>
    public static async Task<BpjsSimulator> Start(BpjsSimulatorOptions options, CancellationToken ct = default)
    {
        var simulator = new BpjsSimulator(options);
        await simulator._app.StartAsync(ct);
        simulator.Url = simulator._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return simulator;
    }

    /// <summary>From now on it is <paramref name="hospital"/> at the hospital, running <paramref name="factor"/> times as fast as real time.</summary>
    public void SetHospitalClock(DateTimeOffset hospital, double factor = 1) => _time.Set(hospital, factor);

    /// <summary>What goes wrong from now on.</summary>
    public void SetFaults(BpjsFaults faults) => _server.Faults = faults;

    /// <summary>What BPJS knows of clinics, doctors and hours from now on.</summary>
    public void SetHfis(HfisBook book) => _book.Hfis = book;

    /// <summary>Gives a referral or control letter a flaw, for which bookings with it are refused.</summary>
    public void SetFlaw(string nomorreferensi, ReferenceFlaw flaw) => _book.Flaw(nomorreferensi, flaw);

    /// <summary>The patient cancels in the app; false when there is nothing to cancel.</summary>
    public bool CancelAsPatient(string kodebooking) => _book.CancelledByPatient(kodebooking);

    /// <summary>The sender's process was killed with these calls in hand: to the ledger their answers are lost, and asking once more is no fault.</summary>
    public void CallerDied(string sender, IReadOnlyList<UnheardCall> calls) => _book.Amend(ledger => ledger.CallerDied(sender, calls));

    /// <summary>BPJS loses a booking, as hospitals have seen; false when it had none.</summary>
    public bool Forget(string kodebooking) => _book.Forget(kodebooking);

    /// <summary>Stops listening; calls that hang are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private void Control(IApplicationBuilder control) => control.Run(async http =>
    {
        try
        {
            await ((http.Request.Method, http.Request.Path.Value) switch
            {
                ("PUT", "/clock") => SetClock(http),
                ("PUT", "/faults") => SetFaults(http),
                ("PUT", "/caller-died") => SetCallerDied(http),
                ("PUT", "/hfis") => SetHfis(http),
                ("GET", "/hfis") => http.Response.WriteAsJsonAsync(_book.Hfis, http.RequestAborted),
                ("GET", "/ledger") => http.Response.WriteAsJsonAsync(Ledger, http.RequestAborted),
                ("GET", "/counts") => http.Response.WriteAsJsonAsync(Counts, http.RequestAborted),
                _ => Reply(http, StatusCodes.Status404NotFound),
            });
        }
        catch (JsonException)
        {
            await Reply(http, StatusCodes.Status400BadRequest);
        }
    });

    private async Task SetClock(HttpContext http)
    {
        var clock = await http.Request.ReadFromJsonAsync<ClockSetting>(http.RequestAborted);
        _time.Set(clock!.Hospital, clock.Factor);
        await Reply(http, StatusCodes.Status204NoContent);
    }

    private async Task SetFaults(HttpContext http)
    {
        _server.Faults = await http.Request.ReadFromJsonAsync<BpjsFaults>(http.RequestAborted) ?? BpjsFaults.None;
        await Reply(http, StatusCodes.Status204NoContent);
    }

    private async Task SetHfis(HttpContext http)
    {
        _book.Hfis = await http.Request.ReadFromJsonAsync<HfisBook>(http.RequestAborted) ?? HfisBook.Usual;
        await Reply(http, StatusCodes.Status204NoContent);
    }

    private async Task SetCallerDied(HttpContext http)
    {
        var death = await http.Request.ReadFromJsonAsync<Death>(http.RequestAborted);
        CallerDied(death!.Sender, death.Calls);
        await Reply(http, StatusCodes.Status204NoContent);
    }

    private static Task Reply(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private sealed record Death(string Sender, IReadOnlyList<UnheardCall> Calls);

    private sealed record ClockSetting(DateTimeOffset Hospital, double Factor = 1);
}
