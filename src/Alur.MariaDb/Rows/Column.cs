using System.Text;
using Alur.MariaDb.Native;

namespace Alur.MariaDb.Rows;

/// <summary>How the values of a column are kept in a <see cref="RowBlock"/>.</summary>
internal enum ValueKind
{
    Integer,
    UnsignedInteger,
    Bits,
    Single,
    Double,
    Decimal,
    Date,
    DateTime,
    Time,
    Text,
    Bytes,
}

/// <summary>What the server says about one column of a result.</summary>
internal sealed class Column
{
    private const uint BinaryCharset = 63;

    private unsafe Column(MySqlField* field, string name, string originalName, string table, string database)
    {
        (Name, OriginalName, Table, Database) = (name, originalName, table, database);
        (Type, Flags, Length, Decimals, Charset) = (field->Type, field->Flags, (long)field->Length, (int)field->Decimals, field->Charset);
        Kind = KindOf(Type, IsUnsigned, Charset);
        ClrType = ClrTypeOf(this);
    }

    internal string Name { get; }
    internal string OriginalName { get; }
    internal string Table { get; }
    internal string Database { get; }
    internal int Type { get; }
    internal uint Flags { get; }
    internal long Length { get; }
    internal int Decimals { get; }
    internal uint Charset { get; }
    internal ValueKind Kind { get; }
    internal Type ClrType { get; }
    internal bool IsUnsigned => (Flags & FieldFlag.Unsigned) != 0;
    internal bool IsTemporal => Kind is ValueKind.Date or ValueKind.DateTime or ValueKind.Time;

    internal static unsafe Column[] Read(nint result)
    {
        MySqlField* fields = LibMariaDb.FetchFields(result);
        var columns = new Column[LibMariaDb.NumFields(result)];
        for (int i = 0; i < columns.Length; i++)
        {
            MySqlField* field = fields + i;
            columns[i] = new Column(field,
                Text(field->Name, field->NameLength),
                Text(field->OriginalName, field->OriginalNameLength),
                Text(field->OriginalTable, field->OriginalTableLength),
                Text(field->Database, field->DatabaseLength));
        }
        return columns;
    }

    /// <summary>The server's name of the type, as it would stand in a CREATE TABLE.</summary>
    internal string TypeName => Type switch
    {
        FieldType.Tiny => "TINYINT",
        FieldType.Short => "SMALLINT",
        FieldType.Int24 => "MEDIUMINT",
        FieldType.Long => "INT",
        FieldType.LongLong => "BIGINT",
        FieldType.Year => "YEAR",
        FieldType.Bit => "BIT",
        FieldType.Float => "FLOAT",
        FieldType.Double => "DOUBLE",
        FieldType.Decimal or FieldType.NewDecimal => "DECIMAL",
        FieldType.Date or FieldType.NewDate => "DATE",
        FieldType.DateTime => "DATETIME",
        FieldType.Timestamp => "TIMESTAMP",
        FieldType.Time => "TIME",
        FieldType.String => Kind == ValueKind.Bytes ? "BINARY" : "CHAR",
        FieldType.VarChar or FieldType.VarString => Kind == ValueKind.Bytes ? "VARBINARY" : "VARCHAR",
        FieldType.Geometry => "GEOMETRY",
        FieldType.Null => "NULL",
        _ => Kind == ValueKind.Bytes ? "BLOB" : "TEXT",
    } + (IsUnsigned && Kind is ValueKind.UnsignedInteger && Type != FieldType.Year ? " UNSIGNED" : "");

    private static ValueKind KindOf(int type, bool unsigned, uint charset) => type switch
    {
        FieldType.Tiny or FieldType.Short or FieldType.Int24 or FieldType.Long or FieldType.LongLong or FieldType.Year =>
            unsigned ? ValueKind.UnsignedInteger : ValueKind.Integer,
        FieldType.Bit => ValueKind.Bits,
        FieldType.Float => ValueKind.Single,
        FieldType.Double => ValueKind.Double,
        FieldType.Decimal or FieldType.NewDecimal => ValueKind.Decimal,
        FieldType.Date or FieldType.NewDate => ValueKind.Date,
        FieldType.DateTime or FieldType.Timestamp => ValueKind.DateTime,
        FieldType.Time => ValueKind.Time,
        FieldType.Geometry => ValueKind.Bytes,
        FieldType.Null => ValueKind.Text,
        _ => charset == BinaryCharset ? ValueKind.Bytes : ValueKind.Text,
    };

    private static Type ClrTypeOf(Column column) => column.Kind switch
    {
        ValueKind.Bits => typeof(ulong),
        ValueKind.Single => typeof(float),
        ValueKind.Double => typeof(double),
        ValueKind.Decimal => typeof(decimal),
        ValueKind.Date or ValueKind.DateTime => typeof(DateTime),
        ValueKind.Time => typeof(TimeSpan),
        ValueKind.Bytes => typeof(byte[]),
        ValueKind.Text => typeof(string),
        ValueKind.Integer or ValueKind.UnsignedInteger => IntegerType(column.Type, column.IsUnsigned),
    };

    private static Type IntegerType(int type, bool unsigned) => type switch
    {
        FieldType.Tiny => unsigned ? typeof(byte) : typeof(sbyte),
        FieldType.Short => unsigned ? typeof(ushort) : typeof(short),
        FieldType.LongLong => unsigned ? typeof(ulong) : typeof(long),
        // The server flags YEAR as unsigned; nobody wants a year as uint.
        FieldType.Year => typeof(int),
        _ => unsigned ? typeof(uint) : typeof(int),
    };

    private static unsafe string Text(byte* text, uint length) => text is null ? "" : Encoding.UTF8.GetString(text, (int)length);
}
