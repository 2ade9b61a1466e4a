using System.Data;
using System.Globalization;
using Alur.Antrean.Khanza;

namespace Alur.Fuzzing.Khanza;

/// <summary>Khanza's texts, telephone fields and numbers.</summary>
internal static class TextTargets
{
    /// <summary>Cleaned text can be stored, is cleaned only once, keeps every visible character and says when something was lost.</summary>
    public static FuzzTarget Cleaning { get; } = FuzzTarget.OfText("khanza-texts", draw => draw.Text(80), text =>
    {
        var clean = KhanzaText.Clean(text, out var stripped);
        Claim.That(Storable.Text(clean) && !clean.Any(IsUnsafe), "a cleaned text can be stored and printed");
        Claim.Equal(clean, KhanzaText.Clean(clean, out var again), "cleaning twice changes nothing");
        Claim.That(!again, "nothing is lost the second time");
        Claim.Equal(Visible(text), Visible(clean), "every visible character stays, in order");
        Claim.Equal(text.Where((c, i) => !char.IsWhiteSpace(c) && (IsUnsafe(c) || IsLone(text, i))).Any(), stripped, "what was lost is said");
    });

    /// <summary>A telephone number is one that stands in the field, or none.</summary>
    public static FuzzTarget Phones { get; } = FuzzTarget.OfText("khanza-phones", PhoneField, text =>
    {
        var phone = KhanzaText.Phone(text);
        Claim.That(phone.Length == 0 || (phone.Length is >= 9 and <= 15 && phone.All(char.IsAsciiDigit)), "a number has 9 to 15 digits", phone);
        var parts = text.Split('/', ',', ';', '|', '\\').Select(part => string.Concat(part.Where(c => c is >= '0' and <= '9'))).ToList();
        Claim.Equal(parts.Find(p => p.Length is >= 9 and <= 15) ?? "", phone, "it is the first usable one of the field");
    });

    /// <summary>A number column gives the number that it holds, or none, whatever its type is in this fork of Khanza.</summary>
    public static FuzzTarget Numbers { get; } = FuzzTarget.Of("khanza-numbers", AnyValue, Smaller.Not, value =>
    {
        using var table = new DataTable();
        table.Columns.Add("n", value.GetType());
        table.Rows.Add(value);
        using var reader = table.CreateDataReader();
        var row = new KhanzaRow(reader);
        Claim.That(row.Read(CancellationToken.None).GetAwaiter().GetResult(), "there is a row");
        var number = row.Number();
        var expected = value switch
        {
            string text => int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var n) ? n : null,
            double real => real is >= int.MinValue and <= int.MaxValue && Math.Floor(real) == real ? (int)real : (int?)null,
            _ => Convert.ToDecimal(value, CultureInfo.InvariantCulture) is >= int.MinValue and <= int.MaxValue and var n && decimal.Floor(n) == n ? (int)n : null,
        };
        Claim.Equal(expected, number, $"{value.GetType().Name} '{value}' is read exactly or not at all");
        if (value is string digits)
        {
            Claim.That(KhanzaText.Number(digits) is not { } read || read.ToString(CultureInfo.InvariantCulture) == digits.TrimStart('0').PadLeft(1, '0'), "a number in a text is exact");
        }
    });

    private static string PhoneField(Draw draw) =>
        string.Join(draw.Pick("/", ",", ";", " / ", " ", "\\"), Enumerable.Range(0, draw.Int(0, 3)).Select(_ => draw.Random.Next(4) switch
        {
            0 => draw.Text(15),
            1 => "+62 " + draw.Digits(3) + "-" + draw.Digits(draw.Int(2, 12)),
            2 => "٠٨١٢٣٤٥٦٧٨٩",
            _ => "0" + draw.Digits(draw.Int(5, 17)),
        }));

    private static object AnyValue(Draw draw) => draw.Random.Next(8) switch
    {
        0 => draw.AnyInt(),
        1 => draw.Random.NextInt64(long.MinValue, long.MaxValue),
        2 => (ulong)draw.Random.NextInt64() * 2,
        3 => draw.Int(-1000, 1000) / 4m,
        4 => draw.Pick(0.5, 1e300, double.NaN, double.PositiveInfinity, -3.0, 12.0),
        5 => (short)draw.Int(short.MinValue, short.MaxValue),
        _ => draw.TextOr("007", "12", "", "-3", " 5 ", "1e3", "99999999999", "+4", "0x10"),
    };

    private static string Visible(string text) =>
        string.Concat(text.Where((c, i) => !char.IsWhiteSpace(c) && !IsUnsafe(c) && !IsLone(text, i)));

    private static bool IsUnsafe(char c) => Storable.MovesAScreen.IsMatch(c.ToString());

    private static bool IsLone(string text, int at) =>
        char.IsHighSurrogate(text[at]) ? at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1])
        : char.IsLowSurrogate(text[at]) && (at == 0 || !char.IsHighSurrogate(text[at - 1]));
}
