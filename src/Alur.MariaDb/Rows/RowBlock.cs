using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Alur.MariaDb.Rows;

/// <summary>One value: a number in <paramref name="Bits"/>, or the place of its bytes in the block. Length −1 is NULL.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Cell(long Bits, int Length)
{
    internal const int NullLength = -1;

    internal bool IsNull => Length == NullLength;
}

/// <summary>Some rows in managed memory, the same shape for both protocols: one hop to the blocking library fetches a block,
/// not a row. Blocks grow while they come back full: the first rows arrive soon, and a long result costs few hops. Numbers are kept as
/// numbers; decimals, temporals and strings as the server's own text.</summary>
internal sealed class RowBlock
{
    private const int FirstRows = 256;
    private const int MostRows = 4096;
    private const int EnoughBytes = 1024 * 1024;
    private Cell[] _cells = [];
    private byte[] _bytes = new byte[4096];
    private int _columns;
    private int _cellCount;
    private int _used;
    private int _rowLimit = FirstRows;

    internal int Rows { get; private set; }

    internal long HeldBytes => _bytes.LongLength + (_cells.LongLength * Unsafe.SizeOf<Cell>());

    internal bool IsFull => Rows >= _rowLimit || _used >= EnoughBytes;

    internal void Clear(int columns)
    {
        if (Rows >= _rowLimit)
            _rowLimit = Math.Min(2 * _rowLimit, MostRows);
        (_columns, _cellCount, _used, Rows) = (columns, 0, 0, 0);
        if (_cells.Length < columns)
            _cells = new Cell[columns * 16];
    }

    internal ref readonly Cell this[int row, int column] => ref _cells[(row * _columns) + column];

    internal ReadOnlySpan<byte> BytesOf(in Cell cell) => _bytes.AsSpan((int)cell.Bits, cell.Length);

    internal void AddNull() => Add(new Cell(0, Cell.NullLength));

    internal void AddNumber(long bits) => Add(new Cell(bits, 0));

    internal void AddBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Room for a value that the caller writes itself, before anything else is added.</summary>
    internal Span<byte> Reserve(int length)
    {
        if (_bytes.Length - _used < length)
            Array.Resize(ref _bytes, checked((int)Math.Min(Array.MaxLength, Math.Max(2L * _bytes.Length, (long)_used + length))));
        Add(new Cell(_used, length));
        Span<byte> room = _bytes.AsSpan(_used, length);
        _used += length;
        return room;
    }

    /// <summary>Gives back the end of the value just reserved.</summary>
    internal void Shorten(int length)
    {
        ref Cell last = ref _cells[_cellCount - 1];
        _used = (int)last.Bits + length;
        last = last with { Length = length };
    }

    internal void EndRow() => Rows++;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(Cell cell)
    {
        if (_cellCount == _cells.Length)
            Array.Resize(ref _cells, _cells.Length * 2);
        _cells[_cellCount++] = cell;
    }
}
