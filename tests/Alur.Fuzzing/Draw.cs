using System.Globalization;
using System.Text;

namespace Alur.Fuzzing;

/// <summary>Draws values from a seed: mostly plausible ones, with the odd ones that break parsers mixed in.</summary>
internal sealed class Draw(int seed)
{
    private const string Plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;-_/'()+";

    private static readonly string[] Odd =
    [
        "\0", "\n", "\r\n", "\t", "\u001b", "\u0085", "\u00a0", "\u200b", "\u2028", "\u202e", "\u2066", "\ufeff", "\ud800", "\udc00", "\ud83d\ude00", "\uffff", "é", "ı", "İ", "ß",
        "漢", "٣", "\u0301", "\"", "\\", "\\u0000", "\\ud800", "%", "%2F", "%00", "&", "=", "<", ">", "{", "}", "[", "]", "$", "--", "''", "+",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "3", "99", "200", "201", "208", "1e2", "200.0", "2147483647", "2147483648", "-2147483649", "9223372036854775807",
        "9223372036854775808", "1e400", "1e999999", "-0.5e300", "0.1", "123456789012345678901234567890", "253402300799999", "253402300800000",
    ];

    public Random Random { get; } = new(seed);

    /// <summary>True in one of <paramref name="of"/> cases.</summary>
    public bool Once(int of) => Random.Next(of) == 0;

    public T Pick<T>(params T[] values) => values[Random.Next(values.Length)];

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Int(int least, int most) => (int)Random.NextInt64(least, (long)most + 1);

    /// <summary>An edge of the type, or a small or any number.</summary>
    public int AnyInt() => Random.Next(5) switch
    {
        0 => Pick(0, 1, -1, int.MaxValue, int.MinValue, 99_999_999),
        1 => Int(int.MinValue, int.MaxValue),
        _ => Int(0, 500),
    };

    public string Digits(int count) => string.Create(count, Random, static (span, random) =>
    {
        foreach (ref var c in span)
        {
            c = (char)('0' + random.Next(10));
        }
    });

    /// <summary>Text such as people type, with an odd piece in it now and then.</summary>
    public string Text(int most = 40)
    {
        var text = new StringBuilder();
        for (var left = Random.Next(most + 1); left > 0; left--)
        {
            text.Append(Random.Next(12) switch { 0 => Pick(Odd), 1 when Once(4) => ((char)Random.Next(0x10000)).ToString(), _ => Plain[Random.Next(Plain.Length)].ToString() });
        }

        return text.ToString();
    }

    /// <summary>Any text, or one of those that mean something where it goes.</summary>
    public string TextOr(params string[] known) => Once(2) ? Pick(known) : Text();

    public string Number() => Once(3) ? Int(-5, 1000).ToString(CultureInfo.InvariantCulture) : Pick(Numbers);

    /// <summary>A JSON string, now and then one that no encoding can hold.</summary>
    public string JsonString(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c is '"' or '\\' or < ' ' || char.IsSurrogate(c) || Once(20)
                ? json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
                : json.Append(c);
        }

        return json.Append('"').ToString();
    }

    /// <summary>Any JSON; <paramref name="names"/> are properties that the reader knows.</summary>
    public string Json(int depth, params string[] names) => Random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => Pick("null", "true", "false"),
        1 => Number(),
        2 or 3 => JsonString(Text(20)),
        4 => JsonString(Pick(names.Length > 0 ? names : ["x"])),
        5 => $"[{string.Join(',', Enumerable.Range(0, Random.Next(4)).Select(_ => Json(depth - 1, names)))}]",
        _ => $"{{{string.Join(',', Enumerable.Range(0, Random.Next(5)).Select(_ => $"{JsonString(names.Length > 0 && !Once(5) ? Pick(names) : Text(8))}:{Json(depth - 1, names)}"))}}}",
    };

    /// <summary>The text damaged in one to four places: cut, doubled, exchanged, inserted, or cut short.</summary>
    public string Damage(string text)
    {
        for (var times = Int(1, 4); times > 0; times--)
        {
            var at = Random.Next(text.Length + 1);
            var length = Math.Min(Random.Next(1, 12), text.Length - at);
            text = Random.Next(7) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text.Insert(at, Pick(Odd)),
                3 => text.Insert(at, Number()),
                4 when length > 0 => text.Remove(at, 1).Insert(at, Plain[Random.Next(Plain.Length)].ToString()),
                5 when text.Length > 0 => text.Insert(at, text.Substring(Random.Next(text.Length), 1)),
                _ when Once(3) => text[..at],
                _ => text,
            };
        }

        return text;
    }
}
