using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>How many visits and tasks each cause stops, and which clinics have any.</summary>
internal static class CountCauses
{
    // Causes are of the clinic that was asked for; the clinics to choose from are all of them.
    private const string Sql = Troubles.Sql + """
        select cause, poli_id, min(poli) as poli, count(distinct visit_id) filter (where @poli_id is null or poli_id = @poli_id) as visits,
               count(distinct (visit_id, task)) filter (where task is not null and (@poli_id is null or poli_id = @poli_id)) as tasks,
               min(since) filter (where @poli_id is null or poli_id = @poli_id) as since
        from troubles
        group by grouping sets ((cause), (poli_id))
        having cause is not null or poli_id is not null
        order by cause, poli
        """;

    public static async Task<TroubleCounts> Run(string site, TroubleDays days, string? poliId, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string>("site", site));
        command.Parameters.Add(new NpgsqlParameter<string?>("poli_id", poliId));
        command.Parameters.AddRange(Troubles.Parameters(days));
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<CauseCount> causes = [];
        List<(string Id, string Name)> clinics = [];
        while (await reader.ReadAsync(ct))
        {
            if (reader.GetOrDefault<string>("poli_id") is { } clinic)
            {
                clinics.Add((clinic, reader.Get<string>("poli")));
            }
            else if (reader.Get<long>("visits") is > 0 and var visits)
            {
                causes.Add(new CauseCount(Causes.Of(reader.Get<string>("cause")), visits, reader.Get<long>("tasks"), reader.Get<DateTimeOffset>("since")));
            }
        }

        return new TroubleCounts(causes, clinics);
    }
}

/// <summary>The figures of the work list.</summary>
/// <param name="Causes">Those that stop anything.</param>
/// <param name="Clinics">Code and name of the clinics with anything stopped.</param>
internal sealed record TroubleCounts(IReadOnlyList<CauseCount> Causes, IReadOnlyList<(string Id, string Name)> Clinics);

/// <summary>What one cause stops.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Visits">How many visits.</param>
/// <param name="Tasks">How many tasks of them that were observed.</param>
/// <param name="Since">When the oldest of these was first seen in Khanza.</param>
internal sealed record CauseCount(Cause Cause, long Visits, long Tasks, DateTimeOffset Since);
