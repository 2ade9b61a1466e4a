using Npgsql;

namespace Alur.Benchmarks.Delivery;

/// <summary>What a run left in the database, warm-up included.</summary>
internal sealed record RowCounts(long Jobs, long Attempts, long Tasks, long History)
{
    private const string Count = """
        select (select count(*) from delivery.jobs where state = 'SENT'), (select count(*) from delivery.attempts where not fenced_off),
               (select count(*) from antrean.tasks where status = 'SENT_BPJS'), (select count(*) from journal.entries where type = 'antrean.TASK_SENT')
        """;

    public static async Task<RowCounts> Read(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Count);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new RowCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }
}
