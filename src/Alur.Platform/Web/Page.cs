namespace Alur.Platform.Web;

/// <summary>One page of a list in keyset order.</summary>
/// <param name="Items">The rows of this page.</param>
/// <param name="Next">Cursor of the next page; null on the last one.</param>
/// <param name="Total">How many there are, where the list shows only the first of them.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next, long? Total = null)
{
    /// <summary>The same page with other items.</summary>
    public Page<TOut> Select<TOut>(Func<T, TOut> map) => new([.. Items.Select(map)], Next, Total);
}

/// <summary>Cuts lists to pages.</summary>
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
