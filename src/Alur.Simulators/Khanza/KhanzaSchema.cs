using System.Data.Common;

namespace Alur.Simulators.Khanza;

/// <summary>The tables of a Khanza database as far as the bridge reads them, in our own minimal definition.</summary>
public static class KhanzaSchema
{
    /// <summary>Creates every table in the empty database that the data source points to.</summary>
    /// <exception cref="DbException">A table exists already, or the account may not create tables.</exception>
    public static Task Create(DbDataSource database, CancellationToken ct = default) => Run(database, Statements(), ct);

    /// <summary>Changes the tables as some hospitals have: columns of their own, one per task among them, which triggers keep, and dropped keys.</summary>
    /// <exception cref="DbException">They were changed already, or the account may not change tables.</exception>
    public static Task Fork(DbDataSource database, CancellationToken ct = default) => Run(database, Statements("fork.sql"), ct);

    private static async Task Run(DbDataSource database, IEnumerable<string> statements, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    internal static IReadOnlyList<string> Statements(string file = "schema.sql")
    {
        var name = "Alur.Simulators.Khanza." + file;
        using var stream = typeof(KhanzaSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
