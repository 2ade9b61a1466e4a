using Alur.MariaDb.Sql;
using FsCheck;
using FsCheck.Fluent;

namespace Alur.MariaDb.Tests;

public sealed class ParameterRewriterTests
{
    [Fact]
    public void Whatever_stands_in_a_string_a_quoted_name_or_a_comment_is_never_touched() =>
        Prop.ForAll<NonNull<string>>(any =>
        {
            string text = any.Get;
            string[] quoted =
            [
                $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'",
                $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
                $"`{text.Replace("`", "``", StringComparison.Ordinal)}`",
                $"/*{text.Replace("*/", "", StringComparison.Ordinal)} */",
                $"-- {text.Replace("\n", "", StringComparison.Ordinal)}\n",
                $"#{text.Replace("\n", "", StringComparison.Ordinal)}\n",
            ];
            return quoted.All(part => Rewrite($"select {part} + @p", false) == $"select {part} + ?");
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("select @p", "select ?")]
    [InlineData("select @p,@p", "select ?,?")]
    [InlineData("select @P+1", "select ?+1")]
    [InlineData("select @@sql_mode, @p", "select @@sql_mode, ?")]
    [InlineData("select 1--1, @p", "select 1--1, ?")]
    [InlineData("select 1 --", "select 1 --")]
    [InlineData("select 'open @p", "select 'open @p")]
    [InlineData("select /* open @p", "select /* open @p")]
    [InlineData("select a@p", "select a?")]
    [InlineData("", "")]
    public void Placeholders_are_found_where_the_server_would_look_for_a_value(string sql, string rewritten) =>
        Assert.Equal(rewritten, Rewrite(sql, false));

    [Fact]
    public void Both_kinds_of_placeholder_in_one_command_are_refused() =>
        Assert.Throws<InvalidOperationException>(() => Rewrite("select ?, @p", false));

    private static string Rewrite(string sql, bool noBackslashEscapes)
    {
        var parameters = new MariaDbParameterCollection();
        parameters.AddWithValue("@p", 1);
        return ParameterRewriter.Rewrite(sql, parameters, noBackslashEscapes).Sql;
    }
}
