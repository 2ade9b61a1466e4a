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

    /// <summary>The next column as a number.</summary>
    public int? Number()
    {
        var column = _next++;
        return reader.IsDBNull(column) ? null : Convert.ToInt32(reader.GetValue(column), CultureInfo.InvariantCulture);
    }
}
