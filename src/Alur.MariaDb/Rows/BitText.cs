namespace Alur.MariaDb.Rows;

/// <summary>BIT(n) travels as up to eight bytes, most significant first, in both protocols.</summary>
internal static class BitText
{
    internal static long ToNumber(ReadOnlySpan<byte> bytes)
    {
        long number = 0;
        foreach (byte part in bytes)
            number = (number << 8) | part;
        return number;
    }
}
