namespace Alur.Platform.Alerts;

/// <summary>Something that is wrong now and that a person must know of. Never names a patient: it leaves the house.</summary>
/// <param name="Name">Stable and unique while it lasts, such as <c>delivery.parked:bpjs:default</c>; begins with the source's prefix.</param>
/// <param name="Indonesian">One or two sentences: what is wrong, what to do.</param>
/// <param name="English">The same in English.</param>
public sealed record AlertCondition(string Name, string Indonesian, string English);

/// <summary>Looks for one sort of trouble.</summary>
public interface IAlertSource
{
    /// <summary>How the names of its conditions begin. An alert is over when its source looked and did not find it.</summary>
    string Prefix { get; }

    /// <summary>Whether this node can tell at present. While it is false nobody asks, and open alerts of this source stay as they are; that is no failure.</summary>
    bool Looks => true;

    /// <summary>What is wrong now. An exception means that nobody knows: open alerts of this source stay as they are.</summary>
    Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct);
}
