using System.Data.Common;
using System.Globalization;
using Alur.Platform.Texts;

namespace Alur.Antrean.Doctor;

/// <summary>One connection to a Khanza database on which nothing can be written, whatever the account may do.</summary>
internal sealed class KhanzaTalk(DbConnection connection, int timeoutSeconds) : IAsyncDisposable
{
    private const string OnlyRead = "set session transaction read only";

    /// <summary>Opens it.</summary>
    public static async Task<KhanzaTalk> Open(DbDataSource khanza, int timeoutSeconds, CancellationToken ct)
    {
        var talk = new KhanzaTalk(await khanza.OpenConnectionAsync(ct), timeoutSeconds);
        try
        {
            await talk.Rows(OnlyRead, ct);
            return talk;
        }
        catch
        {
            await talk.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every row of a statement, every column as text fit for a terminal.</summary>
    public async Task<List<string?[]>> Rows(string sql, CancellationToken ct, params (string Name, string Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, timeoutSeconds);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(ct))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : OutsideText.Clean(Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)!))]);
        return rows;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
