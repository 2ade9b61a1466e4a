using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Alur.Platform.Web;

/// <summary>
/// Where a page ended, as text that callers pass back unread: the list's name and the key of its last row. Rows that come or
/// go meanwhile cannot shift a walk, because it goes on behind a key and not behind a count.
/// </summary>
public static class Cursor
{
    /// <summary>The cursor behind the row with this key.</summary>
    public static string After(string list, params string[] key) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes<string[]>([list, .. key]));

    /// <summary>Reads a cursor of this list with so many key parts; <paramref name="key"/> is null when there is no cursor. False: not a cursor of this list.</summary>
    public static bool TryRead(string? cursor, string list, int parts, out string[]? key)
    {
        key = null;
        if (cursor is null)
        {
            return true;
        }

        try
        {
            var read = JsonSerializer.Deserialize<string?[]>(Base64Url.DecodeFromChars(cursor));
            if (read is null || read.Length != parts + 1 || read[0] != list || read.Any(part => part is null || !StorableText.IsStorable(part)))
            {
                return false;
            }

            key = read[1..]!;
            return true;
        }
        catch (Exception e) when (e is FormatException or JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>Cuts a list to pages.</summary>
public static class Paging
{
    /// <summary>Rows per page unless the caller says otherwise.</summary>
    public const int DefaultLimit = 50;

    /// <summary>Most rows of a page.</summary>
    public const int MaxLimit = 500;

    /// <summary>
    /// Makes a page from rows read with <c>limit + 1</c>: the row too many proves that there is a next page and is not shown.
    /// </summary>
    public static Page<T> Cut<T>(List<T> rows, int limit, Func<T, string> cursorAfter)
    {
        if (rows.Count <= limit)
        {
            return new Page<T>(rows, Next: null);
        }

        rows.RemoveRange(limit, rows.Count - limit);
        return new Page<T>(rows, cursorAfter(rows[^1]));
    }
}
