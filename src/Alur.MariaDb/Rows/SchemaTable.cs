using System.Data;
using System.Data.Common;
using System.Globalization;

namespace Alur.MariaDb.Rows;

/// <summary>The older, tabular form of the column schema, as DataTable.Load wants it.</summary>
internal static class SchemaTable
{
    private static readonly (string Name, Type Type, Func<DbColumn, object?> Value)[] Facts =
    [
        (SchemaTableColumn.ColumnName, typeof(string), column => column.ColumnName),
        (SchemaTableColumn.ColumnOrdinal, typeof(int), column => column.ColumnOrdinal),
        (SchemaTableColumn.ColumnSize, typeof(int), column => column.ColumnSize),
        (SchemaTableColumn.NumericScale, typeof(int), column => column.NumericScale),
        (SchemaTableColumn.DataType, typeof(Type), column => column.DataType),
        (SchemaTableColumn.AllowDBNull, typeof(bool), column => column.AllowDBNull),
        (SchemaTableColumn.IsKey, typeof(bool), column => column.IsKey),
        (SchemaTableColumn.IsUnique, typeof(bool), column => column.IsUnique),
        (SchemaTableColumn.IsLong, typeof(bool), column => column.IsLong),
        (SchemaTableColumn.IsAliased, typeof(bool), column => column.IsAliased),
        (SchemaTableColumn.IsExpression, typeof(bool), column => column.IsExpression),
        (SchemaTableColumn.BaseColumnName, typeof(string), column => column.BaseColumnName),
        (SchemaTableColumn.BaseTableName, typeof(string), column => column.BaseTableName),
        (SchemaTableColumn.BaseSchemaName, typeof(string), column => column.BaseSchemaName),
        (SchemaTableOptionalColumn.IsAutoIncrement, typeof(bool), column => column.IsAutoIncrement),
        ("DataTypeName", typeof(string), column => column.DataTypeName),
    ];

    internal static DataTable Of(IEnumerable<DbColumn> columns)
    {
        var table = new DataTable("SchemaTable") { Locale = CultureInfo.InvariantCulture };
        foreach ((string name, Type type, _) in Facts)
            table.Columns.Add(name, type);
        foreach (DbColumn column in columns)
            table.Rows.Add([.. Facts.Select(fact => fact.Value(column) ?? DBNull.Value)]);
        return table;
    }
}
