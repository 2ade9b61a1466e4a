namespace Alur.Fuzzing;

/// <summary>What a case must show; the message of a broken claim stands beside the shrunk case.</summary>
internal static class Claim
{
    public static void That(bool holds, string claim, object? got = null)
    {
        if (!holds)
        {
            throw new BrokenClaimException(got is null ? claim : $"{claim}; got {got}");
        }
    }

    public static void Equal<T>(T expected, T got, string claim) =>
        That(EqualityComparer<T>.Default.Equals(expected, got), $"{claim}; expected {expected?.ToString() ?? "null"}", got?.ToString() ?? "null");
}

/// <summary>A case for which a claim does not hold.</summary>
internal sealed class BrokenClaimException(string message) : Exception(message);
