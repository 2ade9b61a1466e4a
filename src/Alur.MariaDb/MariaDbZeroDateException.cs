namespace Alur.MariaDb;

/// <summary>A DATE, DATETIME or TIMESTAMP holds what no calendar holds: a zero date ('0000-00-00'), a half-zero one
/// ('2026-00-10') or an impossible one ('2026-02-31'). Read it with GetString instead.</summary>
public sealed class MariaDbZeroDateException : InvalidCastException
{
    internal MariaDbZeroDateException(string column, string text)
        : base($"Column '{column}' holds '{text}', which is not a calendar date. Read it as text with GetString.")
    {
        Column = column;
        Text = text;
    }

    /// <summary>The column that was read.</summary>
    public string Column { get; }

    /// <summary>MariaDB's own text of the value.</summary>
    public string Text { get; }
}
