using System.Numerics;
using Alur.MariaDb.Native;

namespace Alur.MariaDb.Rows;

/// <summary>The native buffers that mysql_stmt_fetch writes one row into. Long values are cut at first; the buffer of their column
/// then grows, so that a column of long texts costs a second fetch only on its first rows.</summary>
internal sealed unsafe class ResultBuffers : IDisposable
{
    private const int SmallestBuffer = 64;
    private const int FirstBufferLimit = 1024;
    private const int GrowthLimit = 64 * 1024;
    private readonly Column[] _columns;
    private readonly NativeBlock _block;
    private readonly MySqlBind* _binds;
    private readonly List<NativeBlock> _grown = [];

    internal ResultBuffers(Column[] columns)
    {
        _columns = columns;
        int perColumn = sizeof(MySqlBind) + sizeof(nuint) + sizeof(nuint);
        _block = new NativeBlock((perColumn * columns.Length) + columns.Sum(BufferSize));
        _binds = (MySqlBind*)_block.Start;
        var lengths = (nuint*)(_binds + columns.Length);
        var nulls = (byte*)(lengths + columns.Length);
        byte* buffer = nulls + (sizeof(nuint) * columns.Length);
        for (int i = 0; i < columns.Length; i++)
        {
            ref MySqlBind bind = ref _binds[i];
            bind.Length = lengths + i;
            bind.IsNull = nulls + i;
            bind.Buffer = buffer;
            (bind.BufferType, bind.IsUnsigned) = (NativeType(columns[i]), columns[i].IsUnsigned ? (byte)1 : (byte)0);
            bind.BufferLength = (nuint)BufferSize(columns[i]);
            buffer += BufferSize(columns[i]);
        }
    }

    internal MySqlBind* Binds => _binds;

    internal void CopyRow(RowBlock block)
    {
        for (int i = 0; i < _columns.Length; i++)
            CopyValue(block, i);
    }

    /// <summary>Copies a row of which at least one value did not fit.</summary>
    /// <returns>True when buffers grew and have to be bound again.</returns>
    internal bool CopyLongRow(RowBlock block, nint statement)
    {
        bool grown = false;
        for (int i = 0; i < _columns.Length; i++)
        {
            if (*_binds[i].IsNull != 0 || !IsVariable(_columns[i]) || *_binds[i].Length <= _binds[i].BufferLength)
            {
                CopyValue(block, i);
                continue;
            }
            CopyWhole(block, i, statement);
            grown |= Grow(i);
        }
        return grown;
    }

    public void Dispose()
    {
        _block.Dispose();
        _grown.ForEach(block => block.Dispose());
    }

    private void CopyValue(RowBlock block, int i)
    {
        MySqlBind* bind = _binds + i;
        if (*bind->IsNull != 0)
        {
            block.AddNull();
            return;
        }
        switch (_columns[i].Kind)
        {
            case ValueKind.Integer or ValueKind.UnsignedInteger or ValueKind.Double:
                block.AddNumber(*(long*)bind->Buffer);
                break;
            case ValueKind.Single:
                block.AddNumber(*(int*)bind->Buffer);
                break;
            case ValueKind.Bits:
                block.AddNumber(BitText.ToNumber(Bytes(bind)));
                break;
            case ValueKind.Date or ValueKind.DateTime or ValueKind.Time:
                Span<byte> text = block.Reserve(TemporalText.MaxLength);
                block.Shorten(TemporalText.Write(*(MySqlTime*)bind->Buffer, _columns[i].Kind, _columns[i].Decimals, text));
                break;
            default:
                block.AddBytes(Bytes(bind));
                break;
        }
    }

    private void CopyWhole(RowBlock block, int i, nint statement)
    {
        int length = checked((int)*_binds[i].Length);
        nuint copied = 0;
        byte isNull = 0;
        fixed (byte* room = block.Reserve(length))
        {
            var bind = new MySqlBind
            {
                Length = &copied, IsNull = &isNull, Buffer = room, BufferLength = (nuint)length, BufferType = _binds[i].BufferType,
            };
            if (LibMariaDb.StatementFetchColumn(statement, &bind, (uint)i, 0) != 0 || copied != (nuint)length)
                throw new InvalidOperationException($"Column '{_columns[i].Name}' could not be fetched in its whole length of {length} bytes.");
        }
    }

    private bool Grow(int i)
    {
        nuint wanted = Math.Min(BitOperations.RoundUpToPowerOf2(*_binds[i].Length), GrowthLimit);
        if (wanted <= _binds[i].BufferLength)
            return false;
        var larger = new NativeBlock((int)wanted);
        _grown.Add(larger);
        _binds[i].Buffer = larger.Start;
        _binds[i].BufferLength = wanted;
        return true;
    }

    private static ReadOnlySpan<byte> Bytes(MySqlBind* bind) => new(bind->Buffer, checked((int)*bind->Length));

    private static bool IsVariable(Column column) =>
        column.Kind is ValueKind.Text or ValueKind.Bytes or ValueKind.Decimal or ValueKind.Bits;

    private static int NativeType(Column column) => column.Kind switch
    {
        ValueKind.Integer or ValueKind.UnsignedInteger => FieldType.LongLong,
        ValueKind.Single => FieldType.Float,
        ValueKind.Double => FieldType.Double,
        ValueKind.Date => FieldType.Date,
        ValueKind.DateTime => FieldType.DateTime,
        ValueKind.Time => FieldType.Time,
        ValueKind.Bytes or ValueKind.Bits => FieldType.Blob,
        ValueKind.Text or ValueKind.Decimal => FieldType.String,
    };

    private static int BufferSize(Column column) => IsVariable(column)
        ? (int)(Math.Clamp(column.Length, SmallestBuffer, FirstBufferLimit) + 7) & ~7
        : column.IsTemporal ? sizeof(MySqlTime) : sizeof(long);
}
