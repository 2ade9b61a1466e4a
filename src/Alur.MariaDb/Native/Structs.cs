using System.Runtime.InteropServices;

namespace Alur.MariaDb.Native;

/// <summary>MYSQL_BIND, 112 bytes on every 64-bit platform (checked at start by <see cref="ClientLibrary"/>).</summary>
[StructLayout(LayoutKind.Explicit, Size = 112)]
internal unsafe struct MySqlBind
{
    [FieldOffset(0)] public nuint* Length;
    [FieldOffset(8)] public byte* IsNull;
    [FieldOffset(16)] public void* Buffer;
    [FieldOffset(64)] public nuint BufferLength;
    [FieldOffset(96)] public int BufferType;
    [FieldOffset(101)] public byte IsUnsigned;
}

/// <summary>MYSQL_FIELD, 128 bytes; only what the provider reads is named.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal unsafe struct MySqlField
{
    [FieldOffset(0)] public byte* Name;
    [FieldOffset(8)] public byte* OriginalName;
    [FieldOffset(24)] public byte* OriginalTable;
    [FieldOffset(32)] public byte* Database;
    [FieldOffset(56)] public nuint Length;
    [FieldOffset(72)] public uint NameLength;
    [FieldOffset(76)] public uint OriginalNameLength;
    [FieldOffset(84)] public uint OriginalTableLength;
    [FieldOffset(88)] public uint DatabaseLength;
    [FieldOffset(100)] public uint Flags;
    [FieldOffset(104)] public uint Decimals;
    [FieldOffset(108)] public uint Charset;
    [FieldOffset(112)] public int Type;
}

/// <summary>MYSQL_TIME, 40 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct MySqlTime
{
    [FieldOffset(0)] public uint Year;
    [FieldOffset(4)] public uint Month;
    [FieldOffset(8)] public uint Day;
    [FieldOffset(12)] public uint Hour;
    [FieldOffset(16)] public uint Minute;
    [FieldOffset(20)] public uint Second;
    [FieldOffset(24)] public nuint Microsecond;
    [FieldOffset(32)] public byte Negative;
    [FieldOffset(36)] public int Kind;
}
