namespace Alur.Platform.Journal;

/// <summary>Names one history: what kind of thing it is of, and which one, as in <c>visit:01JD…</c>. The key may contain anything, the kind no colon.</summary>
/// <param name="Text">Kind and key, joined by a colon.</param>
public readonly record struct StreamId(string Text)
{
    /// <summary>What the stream is the history of.</summary>
    public string Kind => Text[..Math.Max(Text.IndexOf(':', StringComparison.Ordinal), 0)];

    /// <summary>Which one of its kind.</summary>
    public string Key => Text[(Text.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>Whether it has both parts.</summary>
    public bool IsWhole => Text is not null && Text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && colon < Text.Length - 1;

    /// <summary>The stream of this thing.</summary>
    public static StreamId Of(string kind, string key) => new($"{kind}:{key}");

    /// <inheritdoc />
    public override string ToString() => Text;
}
