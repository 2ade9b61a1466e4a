using System.Globalization;
using Alur.Testing;

namespace Alur.MariaDb.Tests;

/// <summary>A fresh database for one test class.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private MariaDbTestDatabase? _database;

    internal MariaDbTestDatabase Database => _database!;

    internal MariaDbDataSource Writer => Database.Writer;

    internal MariaDbDataSource Reader => Database.Reader;

    public async ValueTask InitializeAsync() => _database = await MariaDbTestServer.CreateDatabase("utf8mb4");

    public async ValueTask DisposeAsync() => await Database.DisposeAsync();
}

/// <summary>Shorthand for tests: one statement, one answer.</summary>
internal static class Ask
{
    internal static MariaDbCommand Command(this MariaDbConnection connection, string sql, params IReadOnlyList<object?> values)
    {
        MariaDbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (object? value in values)
            command.Parameters.AddWithValue("", value);
        return command;
    }

    internal static async Task<object?> Scalar(this MariaDbDataSource source, string sql, params IReadOnlyList<object?> values)
    {
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        await using MariaDbCommand command = connection.Command(sql, values);
        return await command.ExecuteScalarAsync();
    }

    internal static async Task<long> Number(this MariaDbDataSource source, string sql, params IReadOnlyList<object?> values) =>
        Convert.ToInt64(await source.Scalar(sql, values), CultureInfo.InvariantCulture);

    internal static async Task<int> Run(this MariaDbDataSource source, string sql, params IReadOnlyList<object?> values)
    {
        await using MariaDbConnection connection = await source.OpenConnectionAsync();
        await using MariaDbCommand command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync();
    }
}
