using System.Runtime.InteropServices;

namespace Alur.Antrean.Bpjs;

/// <summary>
/// Reads what <c>compressToEncodedURIComponent</c> of lz-string writes: BPJS packs its lists with it before encrypting them.
/// Our own code; checked against the npm package in both directions.
/// </summary>
internal static class LzString
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$";
    private const int BitsPerCharacter = 6;
    private const int NarrowCharacter = 0;
    private const int WideCharacter = 1;
    private const int End = 2;
    private const int FirstPhrase = 3;

    /// <summary>The text that was packed, or null when <paramref name="packed"/> is not lz-string text or unpacks beyond <paramref name="maxLength"/> characters.</summary>
    public static string? DecompressFromEncodedUriComponent(string packed, int maxLength = 32 * 1024 * 1024)
    {
        var bits = new BitReader(packed);
        var text = new List<char>();
        // Every phrase is a piece of the text already written: a phrase plus the next character lie side by side in it.
        var phrases = new List<(int Start, int Length)>();
        var width = 2;
        var untilWider = 1;
        (int Start, int Length) last = default;
        while (text.Count <= maxLength && bits.TryRead(width, out var code))
        {
            if (code == End)
            {
                return new string(CollectionsMarshal.AsSpan(text));
            }

            (int Start, int Length) phrase;
            if (code is NarrowCharacter or WideCharacter)
            {
                if (!bits.TryRead(code == NarrowCharacter ? 8 : 16, out var character))
                {
                    return null;
                }

                phrase = (text.Count, 1);
                text.Add((char)character);
                phrases.Add(phrase);
                Count(ref width, ref untilWider);
            }
            else if (!TryRepeat(text, phrases, code - FirstPhrase, last, out phrase))
            {
                return null;
            }

            // The very first character makes no pair: there is nothing before it.
            if (last.Length > 0)
            {
                phrases.Add((last.Start, last.Length + 1));
                Count(ref width, ref untilWider);
            }

            last = phrase;
        }

        return null;
    }

    private static bool TryRepeat(
        List<char> text, List<(int Start, int Length)> phrases, int index, (int Start, int Length) last, out (int Start, int Length) phrase)
    {
        phrase = (text.Count, 0);
        if (index > phrases.Count || last.Length == 0)
        {
            return false;
        }

        // One past the end is the phrase being made right now: the last one plus its own first character.
        var (start, length) = index < phrases.Count ? phrases[index] : (last.Start, last.Length + 1);
        for (var i = 0; i < length; i++)
        {
            text.Add(text[start + i]);
        }

        phrase = (phrase.Start, length);
        return true;
    }

    private static void Count(ref int width, ref int untilWider)
    {
        if (--untilWider == 0)
        {
            untilWider = 1 << width;
            width++;
        }
    }

    private struct BitReader(string packed)
    {
        private int _position;

        /// <summary>Reads <paramref name="count"/> bits, the lowest first; false at the end or at a character outside the alphabet.</summary>
        public bool TryRead(int count, out int value)
        {
            value = 0;
            for (var i = 0; i < count; i++, _position++)
            {
                var index = _position / BitsPerCharacter;
                var sixBits = index < packed.Length ? SixBits(packed[index]) : -1;
                if (sixBits is < 0 or > 63)
                {
                    return false;
                }

                value |= ((sixBits >> (BitsPerCharacter - 1 - (_position % BitsPerCharacter))) & 1) << i;
            }

            return true;
        }

        // A plus sign that went through a form decoder arrives as a space.
        private static int SixBits(char character) => Alphabet.IndexOf(character == ' ' ? '+' : character, StringComparison.Ordinal);
    }
}
