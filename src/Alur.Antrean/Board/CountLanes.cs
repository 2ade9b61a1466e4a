using Alur.Platform.Results;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>How much is on its way to BPJS, and how much is stuck.</summary>
internal static class CountLanes
{
    // Each figure from an index that holds only what it counts: what was sent is never walked through.
    private const string Sql = """
        select (select count(*) from delivery.lanes l where l.channel = c.name and l.state = 'OPEN') as open,
               (select count(*) from delivery.lanes l where l.channel = c.name and l.lease_token is not null) as sending,
               (select count(*) from delivery.jobs j where j.channel = c.name and j.fingerprint is not null) as failed
        from antrean.sites s
        join lateral (select 'bpjs:' || s.code as name) c on true
        where s.code = @site
        """;

    public static async Task<Result<LaneCounts>> Run(string site, NpgsqlDataSource database, CancellationToken ct)
    {
        var rows = await database.ReadSite(Sql, site, row => new LaneCounts(row.Get<long>("open"), row.Get<long>("sending"), row.Get<long>("failed")), [], ct);
        return rows.Ok ? rows.Value[0] : rows.Error;
    }
}

/// <summary>Visits by where their deliveries stand.</summary>
/// <param name="Open">With something to send, now or later.</param>
/// <param name="Sending">Of these, in a call right now.</param>
/// <param name="Parked">Stopped by a delivery that failed.</param>
internal sealed record LaneCounts(long Open, long Sending, long Parked);
