using Alur.Platform.Delivery;

namespace Alur.Platform.Realtime;

/// <summary>Hints that messages wait for somebody, or that a device has another socket, to this node and the others. Whoever misses one looks within a second.</summary>
internal sealed class MessageHints
{
    private const string Everybody = "*";
    private const int TooManyToName = 200;

    /// <summary>What carries them.</summary>
    public WakeUps Line { get; } = new();

    /// <summary>Call after the commit.</summary>
    public void Wake(IReadOnlyCollection<Guid> users)
    {
        if (users.Count > TooManyToName) Line.Wake(Everybody);
        else foreach (var user in users) Line.Wake(user.ToString("N"));
    }

    /// <summary>Takes what was hinted since the last call; null: everybody.</summary>
    public HashSet<Guid>? Take()
    {
        var hinted = Line.TakeLocal();
        return hinted.Contains(Everybody) ? null : [.. hinted.Select(user => Guid.TryParseExact(user, "N", out var id) ? id : Guid.Empty)];
    }
}
