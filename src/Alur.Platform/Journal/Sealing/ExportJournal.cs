using System.Data;
using System.Text.Json;
using Alur.Platform.Audit;
using Npgsql;

namespace Alur.Platform.Journal.Sealing;

/// <summary>What was exported.</summary>
/// <param name="Entries">All that were committed.</param>
/// <param name="Blocks">How many blocks seal them.</param>
/// <param name="Unsealed">Entries at the end that no block seals yet.</param>
/// <param name="Head">Number and hash of the last block, <c>NUMBER:HASH</c>: kept elsewhere, it shows later whether the end was cut off. Null: nothing is sealed.</param>
/// <param name="Keys">Ids of the keys that signed.</param>
public sealed record ExportedJournal(long Entries, long Blocks, long Unsealed, string? Head, IReadOnlyList<string> Keys);

/// <summary>
/// Writes the whole journal as it is at one moment: a line of JSON each for the keys, then each block followed by its entries, the entries
/// that are not sealed yet, the streams, and an end. docs/journal.md has the form.
/// </summary>
public sealed class ExportJournal(NpgsqlDataSource db)
{
    /// <summary>First line's "alur".</summary>
    internal const string Form = "journal export 1";

    private static readonly AuditResource Resource = new("journal");

    private const string Patient = "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0";
    private const string Keys = "select id, public_key from journal.seal_keys order by id";
    private const string Blocks = "select block, leaves, previous, key_id, signature, last_position, encode(hash, 'hex') from journal.seals where block > $1 order by block limit 100";
    private const string Between = $"select {SealedEntry.Columns} from journal.entries where position > $1 and position <= $2 order by position";
    private const string Streams = "select stream_id, version from journal.streams where version > 0 order by stream_id";

    /// <summary>Writes it; the server may run meanwhile. The audit has it before the first line.</summary>
    /// <param name="to">UTF-8, a line each.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<ExportedJournal> Run(TextWriter to, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await Tell(connection, ct);
        await using var tx = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await using var patient = new NpgsqlCommand(Patient, connection, tx);
        await patient.ExecuteNonQueryAsync(ct);
        await Line(to, new { alur = Form });
        var keys = new List<string>();
        await Each(tx, Keys, [], async row =>
        {
            keys.Add(row.GetString(0));
            await Line(to, new { key = row.GetString(0), spki = Convert.ToBase64String(row.GetFieldValue<byte[]>(1)) });
        }, ct);
        var (blocks, sealedTo, entries, head) = await WriteBlocks(tx, to, ct);
        var unsealed = await WriteEntries(tx, to, sealedTo, long.MaxValue, ct);
        var streams = 0L;
        await Each(tx, Streams, [], async row =>
        {
            streams++;
            await Line(to, new { stream = row.GetString(0), version = row.GetInt32(1) });
        }, ct);
        await Line(to, new { end = true, entries = entries + unsealed, blocks, streams });
        return new ExportedJournal(entries + unsealed, blocks, unsealed, head, keys);
    }

    // Whoever may run commands beside the server is its system.
    private static async Task Tell(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var tx = await connection.BeginTransactionAsync(ct);
        await WriteAudit.Run(tx, AuditOrigin.System, new AuditEntry(AuditAction.Export, Resource), ct);
        await tx.CommitAsync(ct);
    }

    private static async Task<(long Blocks, long SealedTo, long Entries, string? Head)> WriteBlocks(NpgsqlTransaction tx, TextWriter to, CancellationToken ct)
    {
        var (number, sealedTo, entries) = (0L, 0L, 0L);
        string? head = null;
        while (true)
        {
            var page = new List<(SealBlock Block, long Last, string Hash)>();
            await Each(tx, Blocks, [number], row =>
            {
                page.Add((new SealBlock(row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2), row.GetString(3), row.GetFieldValue<byte[]>(4)), row.GetInt64(5), row.GetString(6)));
                return Task.CompletedTask;
            }, ct);
            if (page.Count == 0) return (number, sealedTo, entries, head);
            foreach (var (block, last, hash) in page)
            {
                await Line(to, new
                {
                    block = block.Number, previous = Convert.ToHexStringLower(block.Previous), leaves = Convert.ToBase64String(block.Leaves), key = block.KeyId,
                    signature = Convert.ToBase64String(block.Signature),
                });
                entries += await WriteEntries(tx, to, sealedTo, last, ct);
                (number, sealedTo, head) = (block.Number, last, $"{block.Number}:{hash}");
            }
        }
    }

    private static async Task<long> WriteEntries(NpgsqlTransaction tx, TextWriter to, long after, long upTo, CancellationToken ct)
    {
        var count = 0L;
        await Each(tx, Between, [after, upTo], async row =>
        {
            count++;
            await Line(to, new { entry = SealedEntry.Read(row) });
        }, ct);
        return count;
    }

    private static async Task Each(NpgsqlTransaction tx, string sql, object[] values, Func<NpgsqlDataReader, Task> each, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, tx.Connection, tx) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) await each(reader);
    }

    private static Task Line(TextWriter to, object line) => to.WriteLineAsync(JsonSerializer.Serialize(line, JsonSerializerOptions.Web));
}
