using Alur.Antrean.Board;
using Alur.Antrean.Sites;
using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Alur.Platform.Leases;
using Alur.Platform.Results;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Doctor;

/// <summary>
/// Tries one hospital's Khanza and BPJS because somebody asks, both at once and neither for long. One test in half a minute over all nodes, so that an
/// impatient finger floods nobody.
/// </summary>
internal sealed class TestConnection(CheckHospitals check, LeaseStore leases, NpgsqlDataSource database, SiteModes modes, IOptions<AntreanOptions> options)
{
    private static readonly AuditResource s_resource = new("connections");
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for either of them.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>What was found. Refused: <c>SITE_NOT_FOUND</c>, <c>CONNECTION_TEST_RESTS</c>.</summary>
    public async Task<Result<IReadOnlyList<Finding>>> Run(string site, AuditOrigin by, CancellationToken ct)
    {
        if (!options.Value.Sites.TryGetValue(site, out var settings))
        {
            return new SiteNotFound(site);
        }

        // Never given back: it runs out, and until then there is no other test.
        if (await leases.TryTake($"antrean.connection-test:{site}", $"{Environment.MachineName}:{Environment.ProcessId}:test", s_rest, ct) is null)
        {
            return new ConnectionTestRests((int)s_rest.TotalSeconds);
        }

        await Tell(site, by, ct);
        var enabled = await SiteDirectory.EnabledTasks(database, ct);
        var sends = (await modes.Of(site, ct))?.Sends ?? settings.Mode == "send";
        var found = await Task.WhenAll(
            Within(CheckKhanza.Code, "Khanza", limit => check.Khanza(site, settings, enabled, limit), ct),
            Within(CheckBpjs.Code, "BPJS", limit => CheckBpjs.Run(site, settings.Bpjs, sends, limit), ct));
        return found.SelectMany(findings => findings).ToList();
    }

    // Before the first call goes out: it goes out in somebody's name.
    private async Task Tell(string site, AuditOrigin by, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.View, s_resource, site), ct);
        await tx.CommitAsync(ct);
    }

    private async Task<IReadOnlyList<Finding>> Within(string code, string who, Func<CancellationToken, Task<IReadOnlyList<Finding>>> look, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Longest);
        try
        {
            return await look(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var seconds = Math.Ceiling(Longest.TotalSeconds);
            return
            [
                Finding.Wrong(code, new($"{who} tidak selesai menjawab dalam {seconds} detik.", $"{who} did not finish answering within {seconds} s."),
                    new("Periksa jaringan dan firewall dari mesin ini, lalu coba lagi; ./alur doctor menunggu lebih lama.", "Check network and firewall from this machine, then try again; ./alur doctor waits longer.")),
            ];
        }
    }
}

internal sealed record ConnectionTestRests(int Seconds) : TooMany(
    "CONNECTION_TEST_RESTS", $"This hospital was tested less than {Seconds} seconds ago. Wait a moment, then test again.", Seconds);
