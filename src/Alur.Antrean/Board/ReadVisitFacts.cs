using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>What people want to know of a visit besides its record, which has codes only.</summary>
internal static class ReadVisitFacts
{
    private const string Sql = """
        select v.kind = 'MOBILE_JKN' as booked, coalesce(v.payload ->> 'namapoli', '') as poli, coalesce(v.payload ->> 'namadokter', '') as dokter,
               case when v.cancelled_reason is null then v.blocked_reasons else '{}' end as blocked
        from antrean.visits v
        where v.site_id = (select id from antrean.sites where code = @site) and v.visit_id = @visit_id
        """;

    public static async Task<VisitFacts> Run(string site, string visitId, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string>("site", site));
        command.Parameters.Add(new NpgsqlParameter<string>("visit_id", visitId));
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new VisitFacts(reader.Get<bool>("booked"), reader.Get<string>("poli"), reader.Get<string>("dokter"), reader.Get<string[]>("blocked"))
            : new VisitFacts(IsBooked: false, "", "", []);
    }
}

/// <summary>A visit in words.</summary>
/// <param name="IsBooked">Booked in Mobile JKN: its time is the beginning of the practice, not of the registration.</param>
/// <param name="Poli">Name of the clinic; empty where Khanza has none.</param>
/// <param name="Dokter">Name of the doctor; empty where Khanza has none.</param>
/// <param name="Blocked">Why it cannot be registered.</param>
internal sealed record VisitFacts(bool IsBooked, string Poli, string Dokter, IReadOnlyList<string> Blocked);
