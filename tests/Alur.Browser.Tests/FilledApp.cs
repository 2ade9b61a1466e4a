using Alur.Platform.Identity;
using Alur.Testing;

namespace Alur.Browser.Tests;

/// <summary>A server with some of everything that pages show.</summary>
public sealed class FilledApp : IAsyncLifetime
{
    private AlurApp? _app;
    private string _email = "";

    /// <summary>A visit that is there.</summary>
    public const string Visit = "2026/01/20/000001";

    public AlurApp App => _app!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        _app = await AlurApp.Start();
        _email = await _app.NewUser(Policies.Client, "front-office");
        var hospital = await new Hospital(_app).Open();
        await hospital.Visit(Visit);
        await hospital.Sent(Visit, "1", Hospital.Morning);
        await hospital.Held(Visit, "3", "TIME_NOT_LATER");
        await hospital.Visit("2026/01/20/000002", blocked: ["CLINIC_UNMAPPED"]);
        await hospital.Held("2026/01/20/000002", "1", "CLINIC_UNMAPPED");
        await hospital.Visit("2026/01/20/000003");
        await hospital.FailedInQueue("2026/01/20/000003", "1", "Poli tidak ditemukan", "poli-tidak-ditemukan");
    }

    /// <summary>An address with something that is there for every value in it; null: it needs what only a test of its own can make.</summary>
    public string? Filled(string address) => address.StartsWith("/setup/", StringComparison.Ordinal)
        ? null
        : address.Replace("{visit_id}", Uri.EscapeDataString(Visit), StringComparison.Ordinal).Replace("{email}", Uri.EscapeDataString(_email), StringComparison.Ordinal);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}
