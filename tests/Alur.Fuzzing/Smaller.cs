namespace Alur.Fuzzing;

/// <summary>Smaller cases that may still fail, the smallest first.</summary>
internal static class Smaller
{
    private const int ByCharacter = 60;

    /// <summary>The text without each of its halves, quarters and so on, at last without single characters.</summary>
    public static IEnumerable<string> Texts(string text)
    {
        if (text.Length > 0)
        {
            yield return "";
        }

        for (var piece = text.Length / 2; piece >= 1; piece /= 2)
        {
            if (piece == 1 && text.Length > ByCharacter)
            {
                yield break;
            }

            for (var at = 0; at < text.Length; at += piece)
            {
                yield return text.Remove(at, Math.Min(piece, text.Length - at));
            }
        }
    }

    /// <summary>A case whose one text shrinks.</summary>
    public static Func<T, IEnumerable<T>> By<T>(Func<T, string> text, Func<T, string, T> with) => value => Texts(text(value)).Select(smaller => with(value, smaller));

    /// <summary>Cases that are as small as they get.</summary>
    public static IEnumerable<T> Not<T>(T value)
    {
        _ = value;
        return [];
    }
}
