using System.Data.Common;

namespace Alur.Simulators.Khanza;

/// <summary>The tables of a Khanza database as far as the bridge reads them, in our own minimal definition.</summary>
public static class KhanzaSchema
{
    /// <summary>Creates every table in the empty database that the data source points to.</summary>
    /// <exception cref="DbException">A table exists already, or the account may not create tables.</exception>
    public static async Task Create(DbDataSource database, CancellationToken ct = default)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        foreach (var statement in Statements())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    internal static IReadOnlyList<string> Statements()
    {
        const string Name = "Alur.Simulators.Khanza.schema.sql";
        using var stream = typeof(KhanzaSchema).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"The resource {Name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
