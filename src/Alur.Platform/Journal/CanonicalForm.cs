using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Alur.Platform.Journal;

/// <summary>
/// The bytes that are hashed: every field is its length in UTF-8 bytes (four bytes, most significant first) and its text, so that no two
/// different rows have the same bytes; an absent field has the length 0xFFFFFFFF. Times are microseconds since 1970 in UTC, in decimal.
/// </summary>
internal sealed class CanonicalForm : IDisposable
{
    private const uint Absent = uint.MaxValue;
    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public CanonicalForm Add(string? text)
    {
        var length = text is null ? 0 : Encoding.UTF8.GetByteCount(text);
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(4), text is null ? Absent : (uint)length);
        _bytes.Advance(4);
        if (length > 0) _bytes.Advance(Encoding.UTF8.GetBytes(text, _bytes.GetSpan(length)));
        return this;
    }

    public CanonicalForm Add(long? number) => Add(number?.ToString(CultureInfo.InvariantCulture));

    public CanonicalForm Add(DateTimeOffset moment) => Add(Microseconds(moment));

    /// <summary>Since 1970 in UTC; what is finer is cut off, as PostgreSQL does.</summary>
    public static long Microseconds(DateTimeOffset moment) => (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public void Clear() => _bytes.ResetWrittenCount();

    public void Dispose() => _bytes.Clear();
}
