using Npgsql;

namespace Alur.Platform.Data;

/// <summary>One statement with named parameters, in a transaction or on its own.</summary>
public static class Statements
{
    /// <summary>A statement of this transaction.</summary>
    public static NpgsqlCommand Statement(this NpgsqlTransaction tx, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        With(new NpgsqlCommand(sql, tx.Connection, tx), parameters);

    /// <summary>A statement on its own.</summary>
    public static NpgsqlCommand Statement(this NpgsqlDataSource database, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        With(database.CreateCommand(sql), parameters);

    /// <summary>Runs it and returns how many rows it changed.</summary>
    public static async Task<int> Run(this NpgsqlCommand statement, CancellationToken ct)
    {
        await using (statement)
        {
            return await statement.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Its rows, each made by <paramref name="read"/>.</summary>
    public static async Task<List<T>> Rows<T>(this NpgsqlCommand statement, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await using (statement)
        {
            await using var reader = await statement.ExecuteReaderAsync(ct);
            var rows = new List<T>();
            while (await reader.ReadAsync(ct))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }

    /// <summary>A column that may be null; a value type is asked for as nullable, such as <c>Maybe&lt;DateTimeOffset?&gt;</c>.</summary>
    public static T? Maybe<T>(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? default : reader.GetFieldValue<T>(column);

    private static NpgsqlCommand With(NpgsqlCommand command, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
