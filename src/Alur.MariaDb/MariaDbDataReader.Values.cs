using System.Runtime.CompilerServices;
using Alur.MariaDb.Rows;

namespace Alur.MariaDb;

/// <summary>The values of the current row.</summary>
public sealed partial class MariaDbDataReader
{
    /// <inheritdoc/>
    public override object this[int ordinal] => GetValue(ordinal);

    /// <inheritdoc/>
    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <inheritdoc/>
    public override string GetName(int ordinal) => ColumnAt(ordinal).Name;

    /// <summary>Exact name first, then without regard to case.</summary>
    public override int GetOrdinal(string name)
    {
        _ordinals ??= OrdinalsByName();
        int exact = Array.FindIndex(_source.Columns, column => string.Equals(column.Name, name, StringComparison.Ordinal));
        if (exact >= 0)
            return exact;
        return _ordinals.TryGetValue(name, out int ordinal)
            ? ordinal
            : throw new ArgumentOutOfRangeException(nameof(name), name, "The result has no column of this name.");
    }

    /// <inheritdoc/>
    public override Type GetFieldType(int ordinal) => ColumnAt(ordinal).ClrType;

    /// <inheritdoc/>
    public override string GetDataTypeName(int ordinal) => ColumnAt(ordinal).TypeName;

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => CellAt(ordinal).IsNull;

    /// <summary>The value as <see cref="GetFieldType"/> says; zero dates throw <see cref="MariaDbZeroDateException"/>.</summary>
    public override object GetValue(int ordinal)
    {
        ref readonly Cell cell = ref CellAt(ordinal);
        return cell.IsNull ? DBNull.Value : CellValue.Of(_source.Columns[ordinal], cell, _block);
    }

    /// <inheritdoc/>
    public override int GetValues(object[] values)
    {
        int count = Math.Min(values.Length, FieldCount);
        for (int i = 0; i < count; i++)
            values[i] = GetValue(i);
        return count;
    }

    /// <inheritdoc/>
    public override T GetFieldValue<T>(int ordinal)
    {
        ref readonly Cell cell = ref CellAt(ordinal);
        Type type = typeof(T);
        if (cell.IsNull)
        {
            // Only a type that has a place for "no value" may take one silently.
            return type == typeof(object) ? (T)(object)DBNull.Value
                : Nullable.GetUnderlyingType(type) is not null ? default!
                : throw NullValue(ordinal);
        }
        return (T)CellValue.As(Nullable.GetUnderlyingType(type) ?? type, _source.Columns[ordinal], cell, _block);
    }

    /// <inheritdoc/>
    public override bool GetBoolean(int ordinal) => CellNumber.Integer<long>(ColumnAt(ordinal), ValueAt(ordinal), _block) != 0;

    /// <inheritdoc/>
    public override byte GetByte(int ordinal) => CellNumber.Integer<byte>(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => CellNumber.Integer<short>(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => CellNumber.Integer<int>(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => CellNumber.Integer<long>(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal) => CellNumber.Decimal(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => CellNumber.Double(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) => (float)GetDouble(ordinal);

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal) => CellTime.DateTime(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <summary>The day of a DATE, DATETIME or TIMESTAMP.</summary>
    public DateOnly GetDateOnly(int ordinal) => CellTime.Date(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <summary>A TIME, which may be negative or longer than a day.</summary>
    public TimeSpan GetTimeSpan(int ordinal) => CellTime.Time(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <summary>Any value as text; temporal ones exactly as MariaDB writes them, zero dates included.</summary>
    public override string GetString(int ordinal) => CellText.Of(ColumnAt(ordinal), ValueAt(ordinal), _block);

    /// <summary>As <see cref="GetString"/>, but null for NULL.</summary>
    public string? GetRawText(int ordinal) => IsDBNull(ordinal) ? null : GetString(ordinal);

    /// <inheritdoc/>
    public override char GetChar(int ordinal) =>
        GetString(ordinal) is [char only] ? only : throw new InvalidCastException($"Column '{GetName(ordinal)}' does not hold exactly one character.");

    /// <inheritdoc/>
    public override Guid GetGuid(int ordinal) => Guid.Parse(GetString(ordinal));

    /// <inheritdoc/>
    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length)
    {
        ReadOnlySpan<byte> bytes = CellValue.Bytes(ColumnAt(ordinal), ValueAt(ordinal), _block);
        if (buffer is null)
            return bytes.Length;
        int count = (int)Math.Clamp(bytes.Length - dataOffset, 0, length);
        if (count > 0)
            bytes.Slice((int)dataOffset, count).CopyTo(buffer.AsSpan(bufferOffset));
        return count;
    }

    /// <inheritdoc/>
    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length)
    {
        string text = GetString(ordinal);
        if (buffer is null)
            return text.Length;
        int count = (int)Math.Clamp(text.Length - dataOffset, 0, length);
        if (count > 0)
            text.CopyTo((int)dataOffset, buffer, bufferOffset, count);
        return count;
    }

    private Dictionary<string, int> OrdinalsByName()
    {
        var ordinals = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < _source.Columns.Length; i++)
            ordinals.TryAdd(_source.Columns[i].Name, i);
        return ordinals;
    }

    private Column ColumnAt(int ordinal) => (uint)ordinal < (uint)FieldCount
        ? _source.Columns[ordinal]
        : throw new ArgumentOutOfRangeException(nameof(ordinal), ordinal, $"The result has {FieldCount} columns.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly Cell CellAt(int ordinal)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _ = ColumnAt(ordinal);
        if ((uint)_row >= (uint)_block.Rows)
            throw new InvalidOperationException("There is no current row; call Read first.");
        return ref _block[_row, ordinal];
    }

    private ref readonly Cell ValueAt(int ordinal)
    {
        ref readonly Cell cell = ref CellAt(ordinal);
        if (cell.IsNull)
            throw NullValue(ordinal);
        return ref cell;
    }

    private InvalidCastException NullValue(int ordinal) => new($"Column '{GetName(ordinal)}' is NULL; ask IsDBNull first.");
}
