using System.Text.Json;
using Alur.Simulators.Bpjs;
using Alur.Testing;

namespace Alur.Simulators.Tests.Bpjs;

public sealed class LzPackTests
{
    public static TheoryData<string, string> Fixed =>
        [.. Crosscheck.Vectors().GetProperty("packed").EnumerateArray().Select(v => (v.GetProperty("text").GetString()!, v.GetProperty("packed").GetString()!))];

    public static TheoryData<string> Accounts => [.. Crosscheck.Vectors().GetProperty("security").EnumerateArray().Select(v => v.GetRawText())];

    [Theory, MemberData(nameof(Fixed))]
    public void A_fixed_vector_of_lz_string_is_packed_alike(string text, string packed) => Assert.Equal(packed, LzPack.CompressToEncodedUriComponent(text));

    [Fact]
    public async Task What_is_packed_here_is_what_npm_lz_string_packs_and_unpacks()
    {
        var texts = RandomTexts.Make(seed: 4711, count: 300);
        var packed = texts.Select(LzPack.CompressToEncodedUriComponent).ToList();

        var theirs = await Crosscheck.Run("bpjs.mjs", texts.Select(text => new[] { "compress", text }));
        var unpacked = await Crosscheck.Run("bpjs.mjs", packed.Select(p => new[] { "decompress", p }));

        Assert.Equal(theirs, packed);
        Assert.Equal(texts, unpacked);
    }

    [Theory, MemberData(nameof(Accounts))]
    public void What_is_sealed_here_is_what_another_implementation_seals(string vector)
    {
        var v = JsonSerializer.Deserialize<Dictionary<string, string>>(vector)!;

        Assert.Equal(v["sealed"], Sealer.Seal(v["plain"], v["consId"], v["secret"], v["timestamp"]));
        Assert.True(Sealer.IsSigned(v["signature"], v["consId"], v["secret"], v["timestamp"]));
        Assert.False(Sealer.IsSigned(v["signature"], v["consId"], v["secret"], v["timestamp"] + "0"));
        Assert.False(Sealer.IsSigned("not base64!", v["consId"], v["secret"], v["timestamp"]));
    }
}
