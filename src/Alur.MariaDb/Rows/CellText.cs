using System.Globalization;
using System.Text;

namespace Alur.MariaDb.Rows;

/// <summary>Any value as text: MariaDB's own for everything that travels as text, the invariant form for numbers.</summary>
internal static class CellText
{
    internal static string Of(Column column, in Cell cell, RowBlock block) => column.Kind switch
    {
        ValueKind.Integer => cell.Bits.ToString(CultureInfo.InvariantCulture),
        ValueKind.UnsignedInteger or ValueKind.Bits => ((ulong)cell.Bits).ToString(CultureInfo.InvariantCulture),
        ValueKind.Single => BitConverter.Int32BitsToSingle((int)cell.Bits).ToString(CultureInfo.InvariantCulture),
        ValueKind.Double => BitConverter.Int64BitsToDouble(cell.Bits).ToString(CultureInfo.InvariantCulture),
        _ => Encoding.UTF8.GetString(block.BytesOf(cell)),
    };
}
