using System.Text.RegularExpressions;
using Npgsql;

namespace Alur.Platform.Data;

/// <summary>Runs one script and its bookkeeping: in one transaction, or statement by statement where the script asks for that.</summary>
internal sealed class MigrationStep(NpgsqlConnection connection, Migration migration)
{
    // Parents of partitioned indexes are INVALID by design until every partition is attached, hence relkind = 'i' only.
    private const string FindInvalidIndexes = """
        select format('%I.%I', n.nspname, c.relname), c.relname
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
        where not i.indisvalid and c.relkind = 'i'
        """;

    /// <summary>Runs <paramref name="script"/>, then <paramref name="bookkeeping"/> with module, number and <paramref name="values"/>.</summary>
    public async Task Run(string script, string bookkeeping, CancellationToken ct, params string[] values)
    {
        try
        {
            if (Migration.RunsOutsideTransaction(script))
            {
                await DropInvalidIndexes(script, ct);
                foreach (var statement in Migration.Statements(script))
                {
                    await Execute(statement, ct);
                }

                await Keep(bookkeeping, values, ct);
                return;
            }

            await using var transaction = await connection.BeginTransactionAsync(ct);
            await Execute(script, ct);
            await Keep(bookkeeping, values, ct);
            await transaction.CommitAsync(ct);
        }
        catch (PostgresException e)
        {
            throw new MigrationFailedException(
                e.SqlState == PostgresErrorCodes.LockNotAvailable ? "MIGRATION_TABLE_BUSY" : "MIGRATION_FAILED",
                $"{migration.Id}: {e.MessageText} ({e.SqlState})", e);
        }
    }

    private async Task DropInvalidIndexes(string script, CancellationToken ct)
    {
        List<(string Quoted, string Name)> invalid = [];
        await using (var command = new NpgsqlCommand(FindInvalidIndexes, connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                invalid.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        foreach (var (quoted, name) in invalid.Where(i => Regex.IsMatch(script, $@"\b{Regex.Escape(i.Name)}\b", RegexOptions.None, TimeSpan.FromSeconds(1))))
        {
            await Execute($"drop index concurrently {quoted} -- {name}", ct);
        }
    }

    private async Task Keep(string bookkeeping, string[] values, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(bookkeeping, connection);
        command.Parameters.Add(new() { Value = migration.Module });
        command.Parameters.Add(new() { Value = migration.Number });
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task Execute(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
