namespace Alur.MariaDb.Rows;

/// <summary>A value as the .NET type of its column, or as the type the caller names.</summary>
internal static class CellValue
{
    internal static object Of(Column column, in Cell cell, RowBlock block) => As(column.ClrType, column, cell, block);

    internal static object As(Type type, Column column, in Cell cell, RowBlock block) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => CellText.Of(column, cell, block),
        TypeCode.Int32 when !type.IsEnum => CellNumber.Integer<int>(column, cell, block),
        TypeCode.Int64 when !type.IsEnum => CellNumber.Integer<long>(column, cell, block),
        TypeCode.Decimal => CellNumber.Decimal(column, cell, block),
        TypeCode.DateTime => CellTime.DateTime(column, cell, block),
        TypeCode.Double => CellNumber.Double(column, cell, block),
        TypeCode.Single => (float)CellNumber.Double(column, cell, block),
        TypeCode.Boolean => CellNumber.Integer<long>(column, cell, block) != 0,
        TypeCode.SByte when !type.IsEnum => CellNumber.Integer<sbyte>(column, cell, block),
        TypeCode.Byte when !type.IsEnum => CellNumber.Integer<byte>(column, cell, block),
        TypeCode.Int16 when !type.IsEnum => CellNumber.Integer<short>(column, cell, block),
        TypeCode.UInt16 when !type.IsEnum => CellNumber.Integer<ushort>(column, cell, block),
        TypeCode.UInt32 when !type.IsEnum => CellNumber.Integer<uint>(column, cell, block),
        TypeCode.UInt64 when !type.IsEnum => CellNumber.Integer<ulong>(column, cell, block),
        _ => Other(type, column, cell, block),
    };

    private static object Other(Type type, Column column, in Cell cell, RowBlock block)
    {
        if (type == typeof(DateOnly))
            return CellTime.Date(column, cell, block);
        if (type == typeof(TimeSpan))
            return CellTime.Time(column, cell, block);
        if (type == typeof(TimeOnly))
            return TimeOnly.FromTimeSpan(CellTime.Time(column, cell, block));
        if (type == typeof(byte[]))
            return Bytes(column, cell, block).ToArray();
        if (type == typeof(object))
            return Of(column, cell, block);
        throw CellNumber.CannotRead(column, type);
    }

    internal static ReadOnlySpan<byte> Bytes(Column column, in Cell cell, RowBlock block) =>
        column.Kind is ValueKind.Bytes or ValueKind.Text
            ? block.BytesOf(cell)
            : throw CellNumber.CannotRead(column, typeof(byte[]));
}
