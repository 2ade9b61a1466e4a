using Alur.Antrean.Khanza;

namespace Alur.Antrean.Tests.Khanza;

public sealed class KhanzaTextTests
{
    [Theory]
    [InlineData(null, "", false)]
    [InlineData("  Poli Anak ", "Poli Anak", false)]
    [InlineData("dr. \"O'Neil\" \\ Sp.A", "dr. \"O'Neil\" \\ Sp.A", false)]
    [InlineData("baris\r\nkedua", "baris  kedua", false)]
    [InlineData("nol\0nol", "nolnol", true)]
    [InlineData("bel\a", "bel", true)]
    [InlineData("Budi\u202e Santoso\u2067", "Budi Santoso", true)]
    [InlineData("baris\u2028kedua", "baris kedua", false)]
    [InlineData("x\ud83d\ude00y", "x\ud83d\ude00y", false)]
    public void Text_is_made_fit_for_json_and_says_when_something_was_lost(string? text, string expected, bool stripped)
    {
        Assert.Equal(expected, KhanzaText.Clean(text, out var lost));
        Assert.Equal(stripped, lost);
    }

    // Not as inline data: an attribute cannot hold half of a surrogate pair either.
    [Fact]
    public void Half_of_a_surrogate_pair_is_taken_out()
    {
        foreach (var half in new[] { '\ud83d', '\udc00' })
        {
            Assert.Equal("xy", KhanzaText.Clean($"x{half}y", out var lost));
            Assert.True(lost);
        }
    }

    [Theory]
    [InlineData("081234567890", "081234567890")]
    [InlineData("0812-3456-7890", "081234567890")]
    [InlineData("+62 812 3456 7890", "6281234567890")]
    [InlineData("0811111111 / 0822222222", "0811111111")]
    [InlineData("- / 0822222222", "0822222222")]
    [InlineData("(rumah) 021555, 0833333333", "0833333333")]
    [InlineData("-", "")]
    [InlineData("", "")]
    [InlineData("0000", "")]
    public void The_first_usable_number_of_a_dirty_field_is_taken_and_none_is_invented(string text, string expected) =>
        Assert.Equal(expected, KhanzaText.Phone(text));

    [Theory]
    [InlineData("007", 7)]
    [InlineData("12", 12)]
    [InlineData("", null)]
    [InlineData("-3", null)]
    [InlineData("A12", null)]
    [InlineData("99999999999", null)]
    public void A_number_in_a_text_column_is_read_or_absent(string text, int? expected) => Assert.Equal(expected, KhanzaText.Number(text));
}
