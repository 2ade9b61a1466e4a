using System.Security.Cryptography;

namespace Alur.Platform.Journal.Sealing;

/// <summary>Follows the blocks of an export and holds each entry against what its block says of it.</summary>
internal sealed class SealChain(string? knownHead, string? onlyKey)
{
    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _signers = new(StringComparer.Ordinal);
    private SealBlock? _block;
    private byte[] _hash = SealBlock.Beginning;
    private int _next;
    private long _sealedTo;
    private long _last;
    private bool _headSeen = knownHead is null;

    public long Blocks { get; private set; }

    public long Unsealed { get; private set; }

    public string? Head => Blocks == 0 ? null : $"{Blocks}:{Convert.ToHexStringLower(_hash)}";

    public IReadOnlyList<string> Signers => [.. _signers.Order(StringComparer.Ordinal)];

    public void Key(string id, byte[] publicKey, Mistakes mistakes)
    {
        if (SealKey.IdOf(publicKey) != id) mistakes.Add($"The key {id} is not the one that has this id.");
        else _keys[id] = publicKey;
    }

    public void Begin(SealBlock block, Mistakes mistakes)
    {
        Missing(mistakes);
        if (block.Number != Blocks + 1) mistakes.Add($"Block {Blocks + 1} is missing: block {block.Number} follows.");
        if (!block.Previous.AsSpan().SequenceEqual(_hash)) mistakes.Add($"Block {block.Number} does not follow the block before it.");
        var hash = block.Hash();
        if (!IsSigned(block, hash)) mistakes.Add($"Block {block.Number} is not signed by {onlyKey ?? $"the key {block.KeyId}"}.");
        _signers.Add(block.KeyId);
        if (block.First <= _sealedTo || Enumerable.Range(1, block.Count - 1).Any(n => block.Position(n) <= block.Position(n - 1)))
            mistakes.Add($"Block {block.Number} has positions out of order.");
        (_block, _hash, _next, Blocks, _sealedTo) = (block, hash, 0, block.Number, block.Last);
        _headSeen |= Head == knownHead;
    }

    public void Entry(SealedEntry entry, Mistakes mistakes)
    {
        if (entry.Position <= _last) mistakes.Add($"{Name(entry)} is out of order.");
        _last = entry.Position;
        while (_block is not null && _next < _block.Count && _block.Position(_next) < entry.Position) Removed(mistakes);
        if (_block is null || entry.Position > _sealedTo)
        {
            Unsealed++;
        }
        else if (_next < _block.Count && _block.Position(_next) == entry.Position)
        {
            if (!_block.HashOf(_next).SequenceEqual(entry.Hash())) mistakes.Add($"{Name(entry)} was changed after block {_block.Number} had sealed it.");
            _next++;
        }
        else
        {
            mistakes.Add($"{Name(entry)} was added after block {_block.Number} had been sealed.");
        }
    }

    public void End(Mistakes mistakes)
    {
        Missing(mistakes);
        if (!_headSeen) mistakes.Add($"The block {knownHead} is not in there: the end was cut off, or another journal was put in its place.");
    }

    private void Missing(Mistakes mistakes)
    {
        while (_block is not null && _next < _block.Count) Removed(mistakes);
    }

    private void Removed(Mistakes mistakes) => mistakes.Add($"The entry at position {_block!.Position(_next++)}, sealed by block {_block.Number}, was removed.");

    private bool IsSigned(SealBlock block, byte[] hash)
    {
        if (onlyKey is not null && block.KeyId != onlyKey) return false;
        if (!_keys.TryGetValue(block.KeyId, out var publicKey)) return false;
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyData(hash, block.Signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string Name(SealedEntry entry) => $"The entry at position {entry.Position} ({entry.StreamId}, version {entry.Version})";
}
