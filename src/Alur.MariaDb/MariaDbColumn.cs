using System.Data.Common;
using Alur.MariaDb.Native;
using Alur.MariaDb.Rows;

namespace Alur.MariaDb;

/// <summary>What is known about a column of a result.</summary>
public sealed class MariaDbColumn : DbColumn
{
    internal MariaDbColumn(Column column, int ordinal)
    {
        (ColumnName, ColumnOrdinal, ColumnSize) = (column.Name, ordinal, (int)Math.Min(column.Length, int.MaxValue));
        (DataType, DataTypeName) = (column.ClrType, column.TypeName);
        (BaseColumnName, BaseTableName, BaseSchemaName) = (column.OriginalName, column.Table, column.Database);
        AllowDBNull = (column.Flags & FieldFlag.NotNull) == 0;
        IsKey = (column.Flags & FieldFlag.PrimaryKey) != 0;
        IsUnique = (column.Flags & (FieldFlag.Unique | FieldFlag.PrimaryKey)) != 0;
        IsAutoIncrement = (column.Flags & FieldFlag.AutoIncrement) != 0;
        IsLong = (column.Flags & FieldFlag.Blob) != 0;
        IsAliased = !string.Equals(column.Name, column.OriginalName, StringComparison.Ordinal);
        IsExpression = column.Table.Length == 0;
        if (column.Kind is ValueKind.Decimal or ValueKind.DateTime or ValueKind.Time)
            NumericScale = column.Decimals;
    }
}
