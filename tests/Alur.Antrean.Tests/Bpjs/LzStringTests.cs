using Alur.Antrean.Bpjs;
using Alur.Testing;

namespace Alur.Antrean.Tests.Bpjs;

public sealed class LzStringTests
{
    private const int Seed = 20261120;

    public static TheoryData<string, string> Fixed =>
        [.. Crosscheck.Vectors().GetProperty("packed").EnumerateArray().Select(v => (v.GetProperty("text").GetString()!, v.GetProperty("packed").GetString()!))];

    [Theory, MemberData(nameof(Fixed))]
    public void A_fixed_vector_of_lz_string_unpacks(string text, string packed) =>
        Assert.Equal(text, LzString.DecompressFromEncodedUriComponent(packed));

    [Fact]
    public async Task What_npm_lz_string_packs_unpacks_here()
    {
        var texts = RandomTexts.Make(Seed, 300);

        var packed = await Crosscheck.Run("bpjs.mjs", texts.Select(text => new[] { "compress", text }));

        Assert.All(texts.Zip(packed), pair => Assert.Equal(pair.First, LzString.DecompressFromEncodedUriComponent(pair.Second!)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("I")]
    [InlineData("!!!!")]
    [InlineData("N4IgNglgzgLiBcBtUBrA9gEwKYCM1pQgDsBzBEAJgAYKA2AeioEZ")]
    [InlineData("<html>")]
    [InlineData("wwwwwwwwwwwwww")]
    public void What_is_not_complete_lz_string_text_unpacks_to_nothing(string packed) => Assert.Null(LzString.DecompressFromEncodedUriComponent(packed));

    [Fact]
    public void A_plus_that_became_a_space_on_its_way_is_read_as_a_plus()
    {
        var (text, packed) = Crosscheck.Vectors().GetProperty("packed").EnumerateArray()
            .Select(v => (v.GetProperty("text").GetString()!, v.GetProperty("packed").GetString()!)).First(v => v.Item2.Contains('+', StringComparison.Ordinal));

        Assert.Equal(text, LzString.DecompressFromEncodedUriComponent(packed.Replace('+', ' ')));
    }

    [Fact]
    public void A_text_that_would_unpack_beyond_the_limit_is_refused()
    {
        var packed = Crosscheck.Vectors().GetProperty("packed")[3].GetProperty("packed").GetString()!;

        Assert.NotNull(LzString.DecompressFromEncodedUriComponent(packed, maxLength: 40));
        Assert.Null(LzString.DecompressFromEncodedUriComponent(packed, maxLength: 39));
    }
}
