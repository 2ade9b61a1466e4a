using System.Globalization;
using System.Numerics;
using System.Text;

namespace Alur.MariaDb.Rows;

/// <summary>Numeric readings of a value: every integer type reads as every other that can hold it, and a decimal reads as an integer
/// when it is one (SUM and the like give decimals).</summary>
internal static class CellNumber
{
    /// <summary>A whole number of the type asked for.</summary>
    /// <exception cref="OverflowException">The type is too small for the value.</exception>
    /// <exception cref="InvalidCastException">The column holds no number.</exception>
    internal static T Integer<T>(Column column, in Cell cell, RowBlock block) where T : INumberBase<T> => column.Kind switch
    {
        ValueKind.Integer => T.CreateChecked(cell.Bits),
        ValueKind.UnsignedInteger or ValueKind.Bits => T.CreateChecked((ulong)cell.Bits),
        ValueKind.Decimal => Whole<T>(column, Decimal(column, cell, block)),
        _ => throw CannotRead(column, typeof(T)),
    };

    internal static decimal Decimal(Column column, in Cell cell, RowBlock block) => column.Kind switch
    {
        ValueKind.Integer => cell.Bits,
        ValueKind.UnsignedInteger or ValueKind.Bits => (ulong)cell.Bits,
        ValueKind.Decimal => ParseDecimal(column, block.BytesOf(cell)),
        _ => throw CannotRead(column, typeof(decimal)),
    };

    internal static double Double(Column column, in Cell cell, RowBlock block) => column.Kind switch
    {
        ValueKind.Single => BitConverter.Int32BitsToSingle((int)cell.Bits),
        ValueKind.Double => BitConverter.Int64BitsToDouble(cell.Bits),
        ValueKind.Decimal => double.Parse(block.BytesOf(cell), CultureInfo.InvariantCulture),
        ValueKind.Integer or ValueKind.UnsignedInteger => (double)Decimal(column, cell, block),
        _ => throw CannotRead(column, typeof(double)),
    };

    internal static InvalidCastException CannotRead(Column column, Type type) =>
        new($"Column '{column.Name}' is {column.TypeName}; it cannot be read as {type.Name}.");

    private static decimal ParseDecimal(Column column, ReadOnlySpan<byte> text) =>
        decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal value)
            ? value
            : throw new OverflowException(
                $"Column '{column.Name}' holds {Encoding.UTF8.GetString(text)}, which .NET's decimal cannot hold. Read it with GetString.");

    private static T Whole<T>(Column column, decimal value) where T : INumberBase<T> => decimal.IsInteger(value)
        ? T.CreateChecked(value)
        : throw new InvalidCastException($"Column '{column.Name}' holds {value.ToString(CultureInfo.InvariantCulture)}, which is not a whole number.");
}
