using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Journal.Sealing;

/// <summary>
/// The consumer that seals: what was committed since the last block becomes the next one. Its place is where the last block ends, whatever
/// somebody has set it to, so that no entry is sealed twice and none is left out.
/// </summary>
internal sealed class SealJournal(SealKey place) : IJournalConsumer
{
    public const string ConsumerName = "journal.seal";

    private const string LastBlock = "select block, hash, last_position from journal.seals order by block desc limit 1";

    private const string Unsealed = $"select {SealedEntry.Columns} from journal.entries where position > $1 and position <= $2 order by position";

    private const string KeepKey = "insert into journal.seal_keys (id, public_key) values ($1, $2) on conflict (id) do nothing";

    private const string KeepBlock = """
        insert into journal.seals (block, first_position, last_position, entries, leaves, previous, hash, key_id, signature)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    public string Name => ConsumerName;

    public string? StaysBecause => "Seals are never made anew: a chain that was begun again would prove nothing about what was before.";

    public int Batch => 1000;

    public async Task Handle(NpgsqlTransaction tx, IReadOnlyList<JournalEntry> entries, CancellationToken ct)
    {
        using var key = place.Open() ?? throw new InvalidOperationException("No place for the sealing key is set (Journal:SealKeyFile).");
        var (number, previous, sealedTo) = await Last(tx, ct);
        var leaves = await Leaves(tx, sealedTo, entries[^1].Position, ct);
        if (leaves.Length == 0) return;
        var publicKey = key.ExportSubjectPublicKeyInfo();
        var hash = SealBlock.Hash(number + 1, previous, leaves);
        var block = new SealBlock(number + 1, leaves, previous, SealKey.IdOf(publicKey), key.SignData(hash, HashAlgorithmName.SHA256));
        await Execute(tx, KeepKey, ct, block.KeyId, publicKey);
        await Execute(tx, KeepBlock, ct, block.Number, block.First, block.Last, block.Count, block.Leaves, block.Previous, hash, block.KeyId, block.Signature);
    }

    /// <summary>Seals stay.</summary>
    public Task Clear(NpgsqlTransaction tx, CancellationToken ct) => throw new InvalidOperationException(StaysBecause);

    private static async Task<(long Number, byte[] Hash, long SealedTo)> Last(NpgsqlTransaction tx, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(LastBlock, tx.Connection, tx);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetInt64(2)) : (0, SealBlock.Beginning, 0);
    }

    private static async Task<byte[]> Leaves(NpgsqlTransaction tx, long after, long to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Unsealed, tx.Connection, tx);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to, NpgsqlDbType = NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var leaves = new MemoryStream();
        var leaf = new byte[SealedEntry.LeafLength];
        while (await reader.ReadAsync(ct))
        {
            SealedEntry.Read(reader).WriteLeaf(leaf);
            await leaves.WriteAsync(leaf, ct);
        }

        return leaves.ToArray();
    }

    private static async Task Execute(NpgsqlTransaction tx, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, tx.Connection, tx);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
