using Alur.Platform.Delivery;

namespace Alur.Platform.Journal;

/// <summary>What a consumer said, short enough for a row and a line.</summary>
internal static class ConsumerWords
{
    private const int Longest = 500;

    public static string Of(Exception e) => Of($"{e.GetType().Name}: {e.Message}");

    public static string Of(string words)
    {
        var plain = StorableText.Plain(words)!;
        return plain.Length <= Longest ? plain : plain[..Longest];
    }
}
