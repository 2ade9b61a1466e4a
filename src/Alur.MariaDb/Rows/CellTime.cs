using System.Text;

namespace Alur.MariaDb.Rows;

/// <summary>Calendar readings of a value.</summary>
internal static class CellTime
{
    /// <summary>A moment without a zone; a DATE is its midnight.</summary>
    /// <exception cref="MariaDbZeroDateException">Zero, half-zero and impossible dates.</exception>
    internal static DateTime DateTime(Column column, in Cell cell, RowBlock block)
    {
        if (column.Kind is not (ValueKind.Date or ValueKind.DateTime))
            throw CellNumber.CannotRead(column, typeof(DateTime));
        ReadOnlySpan<byte> text = block.BytesOf(cell);
        return TemporalText.TryParseDateTime(text, out DateTime value)
            ? value
            : throw new MariaDbZeroDateException(column.Name, Encoding.UTF8.GetString(text));
    }

    /// <summary>The day of a DATE, DATETIME or TIMESTAMP; the time of day is left out.</summary>
    internal static DateOnly Date(Column column, in Cell cell, RowBlock block) => DateOnly.FromDateTime(DateTime(column, cell, block));

    /// <summary>A TIME: an interval of up to ±838:59:59, not only a time of day.</summary>
    internal static TimeSpan Time(Column column, in Cell cell, RowBlock block)
    {
        if (column.Kind != ValueKind.Time)
            throw CellNumber.CannotRead(column, typeof(TimeSpan));
        ReadOnlySpan<byte> text = block.BytesOf(cell);
        return TemporalText.TryParseTime(text, out TimeSpan value)
            ? value
            : throw new InvalidCastException($"Column '{column.Name}' holds '{Encoding.UTF8.GetString(text)}', which is not a time.");
    }
}
