using System.Data;
using Alur.Antrean.Khanza;

namespace Alur.Antrean.Tests.Khanza;

public sealed class KhanzaRowTests
{
    public static TheoryData<object, int?> Values => new()
    {
        { 40, 40 }, { 40L, 40 }, { 40m, 40 }, { 40.0, 40 }, { (short)40, 40 }, { "40", 40 },
        { long.MaxValue, null }, { ulong.MaxValue, null }, { 0.5, null }, { double.NaN, null }, { 0.5m, null }, { "", null }, { "many", null },
    };

    /// <summary>Found by fuzzing: a quota that is text or larger in somebody's Khanza stopped the poll of the whole hospital.</summary>
    [Theory, MemberData(nameof(Values))]
    public async Task A_number_column_of_another_type_is_read_exactly_or_not_at_all(object value, int? expected)
    {
        using var table = new DataTable();
        table.Columns.Add("kuota", value.GetType());
        table.Rows.Add(value);
        await using var reader = table.CreateDataReader();
        var row = new KhanzaRow(reader);

        Assert.True(await row.Read(CancellationToken.None));
        Assert.Equal(expected, row.Number());
    }
}
