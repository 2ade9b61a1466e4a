using System.Data.Common;
using System.Globalization;

namespace Alur.Antrean.Khanza;

/// <summary>Reads one row column after column, cleaning its texts on the way. Temporal columns are selected as text.</summary>
internal sealed class KhanzaRow(DbDataReader reader)
{
    private int _next;

    /// <summary>Some text of this row held characters that had to be taken out.</summary>
    public bool TextStripped { get; private set; }

    /// <summary>Moves to the next row.</summary>
    public async Task<bool> Read(CancellationToken ct)
    {
        (_next, TextStripped) = (0, false);
        return await reader.ReadAsync(ct);
    }

    /// <summary>The next column as text; NULL is empty.</summary>
    public string Text()
    {
        var text = KhanzaText.Clean(Raw(), out var stripped);
        TextStripped |= stripped;
        return text;
    }

    /// <summary>The next column as MariaDB's own text, for dates and times.</summary>
    public string? Raw()
    {
        var column = _next++;
        return reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>The next column as a whole number, whatever its type is in this Khanza; null when it holds none that fits.</summary>
    public int? Number()
    {
        var column = _next++;
        return reader.IsDBNull(column) ? null : reader.GetValue(column) switch
        {
            int number => number,
            string text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null,
            double real => Whole(real),
            float real => Whole(real),
            IConvertible other => Whole(other.ToDecimal(CultureInfo.InvariantCulture)),
            _ => null,
        };
    }

    private static int? Whole(double real) => real is >= int.MinValue and <= int.MaxValue && double.IsInteger(real) ? (int)real : null;

    private static int? Whole(decimal number) => number is >= int.MinValue and <= int.MaxValue && decimal.IsInteger(number) ? (int)number : null;
}
