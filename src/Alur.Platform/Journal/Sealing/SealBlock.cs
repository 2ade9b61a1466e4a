using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Alur.Platform.Journal.Sealing;

/// <summary>Some entries that follow each other, chained to the block before by its hash and signed.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Leaves">Of each entry, in order: its position (eight bytes, most significant first) and its SHA-256.</param>
/// <param name="Previous">Hash of the block before; of the first: zeros.</param>
/// <param name="KeyId">Which key signed.</param>
/// <param name="Signature">ECDSA over P-256 and SHA-256 of the block's hash: r and s, 32 bytes each.</param>
internal sealed record SealBlock(long Number, byte[] Leaves, byte[] Previous, string KeyId, byte[] Signature)
{
    public static readonly byte[] Beginning = new byte[SHA256.HashSizeInBytes];

    private static readonly byte[] s_purpose = "alur journal block 1\n"u8.ToArray();

    public int Count => Leaves.Length / SealedEntry.LeafLength;

    public long First => Position(0);

    public long Last => Position(Count - 1);

    /// <summary>Whether its parts can be those of a block at all.</summary>
    public bool IsWhole => Leaves.Length > 0 && Leaves.Length % SealedEntry.LeafLength == 0 && Previous.Length == SHA256.HashSizeInBytes;

    /// <summary>SHA-256 of the purpose, the number (eight bytes), the previous hash and the leaves.</summary>
    public byte[] Hash() => Hash(Number, Previous, Leaves);

    public static byte[] Hash(long number, byte[] previous, byte[] leaves)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(place, number);
        hash.AppendData(s_purpose);
        hash.AppendData(place);
        hash.AppendData(previous);
        hash.AppendData(leaves);
        return hash.GetHashAndReset();
    }

    public long Position(int nth) => BinaryPrimitives.ReadInt64BigEndian(Leaf(nth));

    public ReadOnlySpan<byte> HashOf(int nth) => Leaf(nth)[sizeof(long)..];

    private ReadOnlySpan<byte> Leaf(int nth) => Leaves.AsSpan(nth * SealedEntry.LeafLength, SealedEntry.LeafLength);
}
