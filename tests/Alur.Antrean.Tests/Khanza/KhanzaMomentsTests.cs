using Alur.Antrean.Khanza;

namespace Alur.Antrean.Tests.Khanza;

public sealed class KhanzaMomentsTests
{
    private const string Visit = "2026/01/20/000001";
    private static readonly DateTime Eight = new(2026, 1, 20, 8, 0, 0);

    private readonly KhanzaMoments _moments = new(["dikirim", "diterima", "dikirim"]);

    [Fact]
    public void The_earliest_moment_of_a_source_counts()
    {
        _moments.Add(Visit, "dikirim", Eight.AddMinutes(5));
        _moments.Add(Visit, "dikirim", Eight);
        _moments.Add(Visit, "dikirim", Eight.AddMinutes(9));

        Assert.Equal(Eight, _moments.Find(Visit, "dikirim"));
        Assert.Null(_moments.Find(Visit, "diterima"));
        Assert.Null(_moments.Find("2026/01/20/000002", "dikirim"));
    }

    [Fact]
    public void A_value_that_is_no_moment_is_told_from_no_value_and_gives_way_to_a_moment()
    {
        _moments.Add(Visit, "dikirim", null);

        Assert.True(_moments.IsUnreadable(Visit, "dikirim"));
        Assert.Null(_moments.Find(Visit, "dikirim"));
        Assert.False(_moments.IsUnreadable(Visit, "diterima"));

        _moments.Add(Visit, "dikirim", Eight);
        _moments.Add(Visit, "dikirim", null);

        Assert.False(_moments.IsUnreadable(Visit, "dikirim"));
        Assert.Equal(Eight, _moments.Find(Visit, "dikirim"));
    }

    [Fact]
    public void What_other_columns_say_is_dropped()
    {
        _moments.Add(Visit, "kembali", Eight);

        Assert.Null(_moments.Find(Visit, "kembali"));
        Assert.True(_moments.Of(Visit).IsEmpty);
    }
}
