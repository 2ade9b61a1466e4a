using System.Diagnostics;
using Alur.MariaDb;

namespace Alur.Benchmarks.MariaDb;

/// <summary>Reads the whole table once, every value of every row as a poll wants it.</summary>
internal static class ReadVisits
{
    private const int NumberColumn = 11;

    private const string Count = """
        select count(*), sum(angkaantrean), sum(char_length(concat(no_rawat, no_reg, tgl_registrasi, jam_reg, kd_dokter, kd_poli,
               no_rkm_medis, stts, coalesce(no_peserta, ''), nm_pasien, dikirim)))
        from visits
        """;

    /// <summary>What was read, to prove that it was all of it.</summary>
    /// <param name="Rows">Rows.</param>
    /// <param name="QueueNumbers">Sum of the last column.</param>
    /// <param name="Characters">Characters of all texts.</param>
    public sealed record Seen(int Rows, long QueueNumbers, long Characters);

    public static async Task<(TimeSpan Elapsed, Seen Seen)> Once(MariaDbDataSource source, bool prepared, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = prepared ? VisitTable.ByParameters : VisitTable.ByText;
        if (prepared)
        {
            command.Parameters.AddWithValue("", "2026");
            command.Parameters.AddWithValue("", "2027");
        }

        var clock = Stopwatch.StartNew();
        var (rows, numbers, characters) = (0, 0L, 0L);
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                rows++;
                numbers += reader.GetInt32(NumberColumn);
                characters += Characters(reader);
            }
        }

        return (clock.Elapsed, new Seen(rows, numbers, characters));
    }

    /// <summary>The same three figures, counted by the server itself.</summary>
    public static async Task<Seen> Expected(MariaDbDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Count);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new Seen(reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    // Temporal columns as text: zero dates are no dates, and only the poll knows what they mean.
    private static int Characters(MariaDbDataReader reader)
    {
        var characters = 0;
        for (var column = 0; column < NumberColumn; column++)
        {
            characters += reader.IsDBNull(column) ? 0 : reader.GetString(column).Length;
        }

        return characters;
    }
}
