using System.Text.Json;
using Alur.Antrean.Bpjs;

namespace Alur.Antrean.Tests.Bpjs;

public sealed class BpjsListsTests
{
    [Theory]
    [InlineData("16-03-2021 11:32:49 WIB", "2021-03-16T04:32:49Z")]
    [InlineData("01-01-2026 00:00:00 WIB", "2025-12-31T17:00:00Z")]
    [InlineData("31-12-2026 23:59:59 WIB", "2026-12-31T16:59:59Z")]
    public void A_printed_moment_is_western_indonesian_time(string printed, string utc) =>
        Assert.Equal(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), BpjsLists.Wib(printed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2021-03-16 11:32:49")]
    [InlineData("16-03-2021 11:32:49 WITA")]
    [InlineData("31-02-2021 11:32:49 WIB")]
    [InlineData("01-01-0001 00:00:00 WIB")] // "never": there is no such instant in UTC
    [InlineData("16-03-2021 1 1:32:49 WIB")]
    public void Anything_else_is_no_moment(string? printed) => Assert.Null(BpjsLists.Wib(printed));

    [Fact]
    public void An_odd_row_does_not_hide_the_others()
    {
        using var response = JsonDocument.Parse("""[7, {"taskid":"x"}, {"taskid":"3","wakturs":null}, {"taskid":4,"wakturs":"20-11-2026 08:30:00 WIB"}]""");

        Assert.Equal([new ListedTask(3, null), new ListedTask(4, BpjsStandIn.At(8, 30))], BpjsLists.Tasks(response.RootElement));
    }
}
