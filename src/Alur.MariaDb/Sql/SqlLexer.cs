namespace Alur.MariaDb.Sql;

/// <summary>As much of MariaDB's lexical rules as it takes to tell code from strings, quoted names and comments.</summary>
internal static class SqlLexer
{
    /// <summary>The end of the string, quoted name or comment that starts here; the position itself when none does.</summary>
    internal static int SkipQuotedOrComment(string sql, int at, bool noBackslashEscapes) => sql[at] switch
    {
        '\'' or '"' => SkipQuoted(sql, at, !noBackslashEscapes),
        '`' => SkipQuoted(sql, at, backslashEscapes: false),
        '#' => SkipLine(sql, at),
        // The server wants white space after the dashes: 5--3 is arithmetic.
        '-' when At(sql, at + 1) == '-' && (At(sql, at + 2) <= ' ') => SkipLine(sql, at),
        '/' when At(sql, at + 1) == '*' => SkipBlock(sql, at),
        _ => at,
    };

    /// <summary>The end of what starts with @ here.</summary>
    internal static int SkipVariable(string sql, int at)
    {
        int end = at + 1;
        if (At(sql, end) == '@')
            end++;
        while (end < sql.Length && (char.IsLetterOrDigit(sql[end]) || sql[end] is '_' or '$'))
            end++;
        return end;
    }

    internal static bool IsParameterName(ReadOnlySpan<char> word) => word.Length > 1 && word[1] != '@';

    private static int SkipQuoted(string sql, int at, bool backslashEscapes)
    {
        char quote = sql[at];
        for (int i = at + 1; i < sql.Length; i++)
        {
            if (backslashEscapes && sql[i] == '\\')
                i++;
            else if (sql[i] == quote && At(sql, i + 1) == quote)
                i++;
            else if (sql[i] == quote)
                return i + 1;
        }
        return sql.Length;
    }

    private static int SkipLine(string sql, int at)
    {
        int end = sql.IndexOf('\n', at);
        return end < 0 ? sql.Length : end + 1;
    }

    private static int SkipBlock(string sql, int at)
    {
        int end = sql.IndexOf("*/", at + 2, StringComparison.Ordinal);
        return end < 0 ? sql.Length : end + 2;
    }

    private static char At(string sql, int index) => index < sql.Length ? sql[index] : '\0';
}
