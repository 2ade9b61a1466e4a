using System.Buffers.Binary;
using System.Security.Cryptography;
using Alur.Platform.Data;

namespace Alur.Platform.Journal.Sealing;

/// <summary>An entry as it is hashed and exported: every column as PostgreSQL writes it, times in microseconds since 1970 (UTC).</summary>
internal sealed record SealedEntry(
    long Position, string Id, string StreamId, int Version, string Type, int SchemaVersion, string? Description, string? Metadata, string? PerformedBy,
    string ActorKind, long PerformedAt, long RecordedAt, string? CorrelationId, int? Corrects)
{
    /// <summary>Of each entry, a block keeps its position and its hash.</summary>
    public const int LeafLength = sizeof(long) + SHA256.HashSizeInBytes;

    /// <summary>In the order of <see cref="Read"/>.</summary>
    public const string Columns = """
        position, id::text, stream_id, version, type, schema_version, description, metadata::text, performed_by, actor_kind,
        (extract(epoch from performed_at) * 1000000)::bigint, (extract(epoch from recorded_at) * 1000000)::bigint, correlation_id::text, corrects
        """;

    public static SealedEntry Read(Npgsql.NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetInt32(5), row.Maybe<string>(6), row.Maybe<string>(7),
        row.Maybe<string>(8), row.GetString(9), row.GetInt64(10), row.GetInt64(11), row.Maybe<string>(12), row.Maybe<int?>(13));

    /// <summary>SHA-256 of the fourteen fields in the canonical form.</summary>
    public byte[] Hash()
    {
        using var form = new CanonicalForm();
        form.Add(Position).Add(Id).Add(StreamId).Add(Version).Add(Type).Add(SchemaVersion).Add(Description).Add(Metadata).Add(PerformedBy)
            .Add(ActorKind).Add(PerformedAt).Add(RecordedAt).Add(CorrelationId).Add(Corrects);
        return SHA256.HashData(form.Written);
    }

    public void WriteLeaf(Span<byte> leaf)
    {
        BinaryPrimitives.WriteInt64BigEndian(leaf, Position);
        Hash().CopyTo(leaf[sizeof(long)..]);
    }
}
