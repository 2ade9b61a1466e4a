using Alur.Platform.Web;

namespace Alur.Platform.Tests.Web;

public sealed class CsvTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("\t=1+1", "'\t'=1+1")]
    [InlineData("\uFF1D1+1", "'\uFF1D1+1")] // Japanese spreadsheets take it for the sign
    [InlineData("Mozilla;=cmd|calc", "Mozilla;'=cmd|calc")]
    [InlineData("a,b;=1", "\"a,b;'=1\"")]
    [InlineData("a;\"=1", "\"a;\"\"'=1\"")]
    [InlineData("a\n+1", "\"a\n'+1\"")]
    [InlineData("a;-1;@b", "a;'-1;'@b")]
    public void No_spreadsheet_takes_a_text_for_a_formula_wherever_it_parts_fields(string text, string field) => Assert.Equal(field, Csv.Field(text));

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) a=b", "Mozilla/5.0 (X11; Linux x86_64) a=b")]
    [InlineData("2026-01-20", "2026-01-20")]
    [InlineData("a \"b\"", "\"a \"\"b\"\"\"")]
    [InlineData(null, "")]
    public void Any_other_text_stays_as_it_is(string? text, string field) => Assert.Equal(field, Csv.Field(text));
}
