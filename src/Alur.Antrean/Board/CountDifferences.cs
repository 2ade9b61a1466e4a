using Alur.Antrean.References;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>How many visits each kind of difference between the hospital's mappings and BPJS's concerns; kinds that concern none are left out.</summary>
internal static class CountDifferences
{
    private const string Sql = $"""
        select d.kind, count(distinct d.place) as differences, count(distinct v) as visits
        from ({Differences.Sql}) d
        cross join lateral unnest(d.visits) as v
        group by d.kind
        """;

    public static async Task<IReadOnlyList<DifferenceCount>> Run(string site, DateOnly today, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string>("site", site));
        command.Parameters.Add(new NpgsqlParameter<DateOnly>("today", today));
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<DifferenceCount> counts = [];
        while (await reader.ReadAsync(ct))
        {
            counts.Add(new DifferenceCount(DifferenceKinds.Of(reader.Get<string>("kind")), reader.Get<long>("differences"), reader.Get<long>("visits")));
        }

        return [.. counts.OrderByDescending(count => count.Visits)];
    }
}

/// <summary>What one kind of difference concerns.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Differences">How many differences with visits there are of it.</param>
/// <param name="Visits">Visits of today and later.</param>
internal sealed record DifferenceCount(DifferenceKind Kind, long Differences, long Visits);
