using System.Globalization;
using Alur.MariaDb;

namespace Alur.Benchmarks.Poll;

/// <summary>The server's own counters.</summary>
/// <param name="Statements">Statements run.</param>
/// <param name="Rows">Rows that the storage engine was asked for, by key or in sequence.</param>
internal sealed record MariaDbReads(long Statements, long Rows)
{
    private const string Counters = """
        select sum(case when variable_name = 'QUESTIONS' then variable_value else 0 end),
               sum(case when variable_name like 'HANDLER_READ%' then variable_value else 0 end)
        from information_schema.global_status
        where variable_name = 'QUESTIONS' or variable_name like 'HANDLER_READ%'
        """;

    /// <summary>The look itself is one statement (its own rows are those of a memory table and few).</summary>
    public static readonly MariaDbReads OfOneLook = new(1, 0);

    public static async Task<MariaDbReads> Now(MariaDbDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Counters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new MariaDbReads(Number(0), Number(1));

        long Number(int column) => (long)double.Parse(Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture);
    }

    public static MariaDbReads operator -(MariaDbReads later, MariaDbReads earlier) => new(later.Statements - earlier.Statements, later.Rows - earlier.Rows);

    public static MariaDbReads operator +(MariaDbReads one, MariaDbReads other) => new(one.Statements + other.Statements, one.Rows + other.Rows);
}
