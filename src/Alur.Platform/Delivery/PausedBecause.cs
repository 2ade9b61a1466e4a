namespace Alur.Platform.Delivery;

/// <summary>Why a channel is paused, in the words that people read.</summary>
public static class PausedBecause
{
    /// <summary>How a reason begins that lists the settings without which a channel cannot be used; their keys follow.</summary>
    public const string NotConfigured = "Not configured: ";

    /// <summary>An expression over <c>delivery.channels c</c>: the reason, with the name of whoever gave it in the place of the id that is kept with it.</summary>
    public const string Sql = """
        coalesce((select replace(c.paused_reason, '(' || c.paused_by || ')', '(' || u.name || ')') from identity.users u where c.paused_by = 'user:' || u.id), c.paused_reason)
        """;

    /// <summary>The keys in such a reason; null: it is another one, or none.</summary>
    public static string? KeysIn(string? reason) => reason?.StartsWith(NotConfigured, StringComparison.Ordinal) == true ? reason[NotConfigured.Length..] : null;
}
