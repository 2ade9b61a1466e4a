namespace Alur.Testing;

/// <summary>Texts of many kinds from a seed: repetitive ones, JSON, and random UTF-16 without lone surrogates (JSON cannot carry those).</summary>
public static class RandomTexts
{
    /// <summary><paramref name="count"/> texts; the same ones for the same seed.</summary>
    public static IReadOnlyList<string> Make(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => (i % 4) switch
        {
            0 => Letters(random, random.Next(0, 400), 'a', (char)('a' + random.Next(1, 26))),
            1 => Letters(random, random.Next(0, 400), ' ', '\u024f'),
            2 => "[" + string.Join(',', Enumerable.Range(0, random.Next(1, 60)).Select(n => $"{{\"kodebooking\":\"20261120{n:000000}\",\"taskid\":{random.Next(1, 8)}}}")) + "]",
            _ => Letters(random, random.Next(0, 200), '\u3040', '\ud7ff') + "😀" + Letters(random, random.Next(0, 50), '\ue000', '\uffff'),
        })];
    }

    private static string Letters(Random random, int length, char first, char last) =>
        string.Create(length, (random, first, last), static (span, x) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)x.random.Next(x.first, x.last + 1);
            }
        });
}
