namespace Alur.Platform.Journal.Sealing;

/// <summary>Counts versions: a stream has all of them, and the table of streams knows the last.</summary>
internal sealed class StreamCount
{
    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);

    public long Streams { get; private set; }

    public void Entry(SealedEntry entry, Mistakes mistakes)
    {
        var before = _versions.GetValueOrDefault(entry.StreamId);
        if (entry.Version != before + 1) mistakes.Add($"{entry.StreamId} has version {entry.Version} after version {before}.");
        _versions[entry.StreamId] = Math.Max(entry.Version, before);
    }

    public void Stream(string stream, int version, Mistakes mistakes)
    {
        Streams++;
        if (!_versions.Remove(stream, out var found)) mistakes.Add($"{stream} has no entries and should have {version}.");
        else if (found != version) mistakes.Add($"{stream} ends at version {found} and should end at version {version}.");
    }

    public void End(Mistakes mistakes)
    {
        foreach (var stream in _versions.Keys.Order(StringComparer.Ordinal)) mistakes.Add($"{stream} has entries and is no stream.");
    }
}
