using System.Globalization;
using System.Text;
using Alur.MariaDb.Native;

namespace Alur.MariaDb.Rows;

/// <summary>Parameter values laid out in native memory, as mysql_stmt_execute reads them.</summary>
internal sealed unsafe class ParameterBuffers : IDisposable
{
    private const int ChunkSize = 16 * 1024;

    // Header of the packet; type, length and value of a parameter that is not text.
    private const int PacketHead = 32;
    private const int PerValue = 20;

    // A lone surrogate must not be stored as a question mark without a word.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly NativeBlock _block;
    private readonly List<NativeBlock> _chunks = [];
    private byte* _free;
    private int _left;

    internal ParameterBuffers(IReadOnlyList<object?> values)
    {
        Bytes = PacketHead + ((long)PerValue * values.Count);
        _block = new NativeBlock((sizeof(MySqlBind) + sizeof(nuint) + sizeof(MySqlTime)) * values.Count);
        var lengths = (nuint*)(Binds + values.Count);
        var small = (MySqlTime*)(lengths + values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            ref MySqlBind bind = ref Binds[i];
            bind.Length = lengths + i;
            bind.Buffer = small + i;
            Write(ref bind, values[i]);
        }
    }

    internal MySqlBind* Binds => (MySqlBind*)_block.Start;

    /// <summary>Most that the values can take on their way, in one packet.</summary>
    internal long Bytes { get; private set; }

    public void Dispose()
    {
        _block.Dispose();
        _chunks.ForEach(chunk => chunk.Dispose());
    }

    private void Write(ref MySqlBind bind, object? value)
    {
        switch (value)
        {
            case null or DBNull: bind.BufferType = FieldType.Null; break;
            case string text: WriteBytes(ref bind, FieldType.VarString, Utf8(text)); break;
            case char one: WriteBytes(ref bind, FieldType.VarString, Utf8(one.ToString())); break;
            case bool flag: WriteInteger(ref bind, flag ? 1 : 0); break;
            case Enum member: Write(ref bind, Convert.ChangeType(member, Enum.GetUnderlyingType(member.GetType()), CultureInfo.InvariantCulture)); break;
            case sbyte or byte or short or ushort or int or uint or long: WriteInteger(ref bind, Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case ulong number: WriteInteger(ref bind, (long)number); bind.IsUnsigned = 1; break;
            case float number: bind.BufferType = FieldType.Float; *(float*)bind.Buffer = number; break;
            case double number: bind.BufferType = FieldType.Double; *(double*)bind.Buffer = number; break;
            case decimal number: WriteBytes(ref bind, FieldType.NewDecimal, Utf8(number.ToString(CultureInfo.InvariantCulture))); break;
            case byte[] bytes: WriteBytes(ref bind, FieldType.Blob, bytes); break;
            case ReadOnlyMemory<byte> bytes: WriteBytes(ref bind, FieldType.Blob, bytes.Span); break;
            case Guid id: WriteBytes(ref bind, FieldType.VarString, Utf8(id.ToString("D"))); break;
            case DateOnly date: WriteDate(ref bind, FieldType.Date, date.ToDateTime(TimeOnly.MinValue)); break;
            case DateTime moment: WriteDate(ref bind, FieldType.DateTime, moment); break;
            case TimeSpan time: WriteTime(ref bind, time); break;
            case TimeOnly time: WriteTime(ref bind, time.ToTimeSpan()); break;
            default:
                // DateTimeOffset among them: MariaDB's types have no zone, and choosing one belongs to the caller.
                throw new NotSupportedException($"A value of type {value.GetType()} cannot be a MariaDB parameter.");
        }
    }

    private static byte[] Utf8(string text) => Strict.GetBytes(text);

    private static void WriteInteger(ref MySqlBind bind, long number)
    {
        bind.BufferType = FieldType.LongLong;
        *(long*)bind.Buffer = number;
    }

    private void WriteBytes(ref MySqlBind bind, int type, ReadOnlySpan<byte> bytes)
    {
        byte* room = Allocate(bytes.Length);
        Bytes += bytes.Length;
        bytes.CopyTo(new Span<byte>(room, bytes.Length));
        bind.BufferType = type;
        bind.Buffer = room;
        bind.BufferLength = *bind.Length = (nuint)bytes.Length;
    }

    private byte* Allocate(int size)
    {
        // Never null: to the library a parameter without a buffer is NULL, and an empty string is not.
        size = Math.Max(size, 1);
        if (_left < size)
        {
            _left = Math.Max(size, ChunkSize);
            _chunks.Add(new NativeBlock(_left));
            _free = _chunks[^1].Start;
        }
        byte* room = _free;
        _free += size;
        _left -= size;
        return room;
    }

    private static void WriteDate(ref MySqlBind bind, int type, DateTime moment)
    {
        bind.BufferType = type;
        *(MySqlTime*)bind.Buffer = new MySqlTime
        {
            Year = (uint)moment.Year, Month = (uint)moment.Month, Day = (uint)moment.Day,
            Hour = (uint)moment.Hour, Minute = (uint)moment.Minute, Second = (uint)moment.Second,
            Microsecond = Microseconds(moment.TimeOfDay), Kind = type == FieldType.Date ? 0 : 1,
        };
    }

    private static void WriteTime(ref MySqlBind bind, TimeSpan time)
    {
        TimeSpan size = time.Duration();
        bind.BufferType = FieldType.Time;
        *(MySqlTime*)bind.Buffer = new MySqlTime
        {
            Day = (uint)size.Days, Hour = (uint)size.Hours, Minute = (uint)size.Minutes, Second = (uint)size.Seconds,
            Microsecond = Microseconds(size), Negative = time < TimeSpan.Zero ? (byte)1 : (byte)0, Kind = 2,
        };
    }

    private static nuint Microseconds(TimeSpan time) => (nuint)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
}
