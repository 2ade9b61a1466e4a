using System.Text;

namespace Alur.MariaDb.Sql;

/// <summary>Puts <c>?</c> where <c>@name</c> stands, outside strings, quoted names and comments, and lists the values in that order.
/// <c>@@system</c> variables are left alone.</summary>
internal static class ParameterRewriter
{
    /// <summary>The statement as the server prepares it, and the values in the order of its placeholders.</summary>
    /// <exception cref="InvalidOperationException">A name without a parameter, or both kinds of placeholder in one command.</exception>
    internal static (string Sql, object?[] Values) Rewrite(string sql, MariaDbParameterCollection parameters, bool noBackslashEscapes)
    {
        var rewritten = new StringBuilder(sql.Length);
        var named = new List<object?>();
        int positional = 0;
        for (int at = 0; at < sql.Length;)
        {
            int end = SqlLexer.SkipQuotedOrComment(sql, at, noBackslashEscapes);
            if (end == at && sql[at] == '?')
                positional++;
            else if (end == at && sql[at] == '@')
            {
                end = SqlLexer.SkipVariable(sql, at);
                if (SqlLexer.IsParameterName(sql.AsSpan(at, end - at)))
                {
                    named.Add(parameters.ValueOf(sql[at..end]));
                    rewritten.Append('?');
                    at = end;
                    continue;
                }
            }
            end = Math.Max(end, at + 1);
            rewritten.Append(sql, at, end - at);
            at = end;
        }
        if (named.Count > 0 && positional > 0)
            throw new InvalidOperationException("A command takes either '?' or '@name' parameters, not both.");
        return (rewritten.ToString(), named.Count > 0 ? [.. named] : parameters.ValuesInOrder());
    }
}
