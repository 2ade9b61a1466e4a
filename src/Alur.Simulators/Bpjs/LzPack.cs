using System.Text;

namespace Alur.Simulators.Bpjs;

/// <summary>
/// <c>compressToEncodedURIComponent</c> of lz-string, the packing side that BPJS plays. Written on its own, apart from the bridge's
/// reading side, and checked against the npm package: two mistakes of ours cannot cancel out.
/// </summary>
internal static class LzPack
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$";

    public static string CompressToEncodedUriComponent(string text)
    {
        var output = new Output();
        var characters = new Dictionary<char, int>();
        var pairs = new Dictionary<(int Phrase, char Next), int>();
        // Characters that have a code already but were never spelled out.
        var unspelled = new HashSet<char>();
        var nextCode = 3;
        var phrase = -1;
        var phraseStart = default(char);
        foreach (var c in text)
        {
            if (characters.TryAdd(c, nextCode))
            {
                nextCode++;
                unspelled.Add(c);
            }

            if (phrase < 0)
            {
                (phrase, phraseStart) = (characters[c], c);
            }
            else if (pairs.TryGetValue((phrase, c), out var longer))
            {
                phrase = longer;
            }
            else
            {
                Emit(phrase, phraseStart);
                pairs[(phrase, c)] = nextCode++;
                (phrase, phraseStart) = (characters[c], c);
            }
        }

        if (phrase >= 0)
        {
            Emit(phrase, phraseStart);
        }

        return output.Finish();

        void Emit(int code, char first)
        {
            // A phrase that is one character long and new goes out as that character, 8 or 16 bits wide.
            if (characters[first] == code && unspelled.Remove(first))
            {
                output.Write(first < 256 ? 0 : 1);
                output.WriteBits(first, first < 256 ? 8 : 16);
                output.Count();
            }
            else
            {
                output.Write(code);
            }

            output.Count();
        }
    }

    private sealed class Output
    {
        private readonly StringBuilder _text = new();
        private int _width = 2;
        private int _untilWider = 2;
        private int _sixBits;
        private int _filled;

        /// <summary>Writes a code in the present width, its lowest bit first.</summary>
        public void Write(int code) => WriteBits(code, _width);

        public void WriteBits(int value, int count)
        {
            for (var i = 0; i < count; i++)
            {
                Bit((value >> i) & 1);
            }
        }

        /// <summary>One more code is known; codes grow a bit when the width no longer holds them.</summary>
        public void Count()
        {
            if (--_untilWider == 0)
            {
                _untilWider = 1 << _width;
                _width++;
            }
        }

        public string Finish()
        {
            Write(2);
            do
            {
                Bit(0);
            }
            while (_filled > 0);
            return _text.ToString();
        }

        private void Bit(int bit)
        {
            _sixBits = (_sixBits << 1) | bit;
            if (++_filled == 6)
            {
                _text.Append(Alphabet[_sixBits]);
                (_sixBits, _filled) = (0, 0);
            }
        }
    }
}
