using System.Text.Json;
using Alur.Antrean.Bpjs;
using Alur.Testing;

namespace Alur.Antrean.Tests.Bpjs;

public sealed class BpjsSecurityTests
{
    public static TheoryData<string> Fixed => [.. Crosscheck.Vectors().GetProperty("security").EnumerateArray().Select(v => v.GetRawText())];

    [Theory, MemberData(nameof(Fixed))]
    public void The_signature_is_the_one_that_another_implementation_makes(string vector)
    {
        var v = JsonSerializer.Deserialize<Dictionary<string, string>>(vector)!;

        Assert.Equal(v["signature"], BpjsSecurity.Sign(v["consId"], v["secret"], v["timestamp"]));
    }

    [Theory, MemberData(nameof(Fixed))]
    public void What_another_implementation_encrypted_is_decrypted(string vector)
    {
        var v = JsonSerializer.Deserialize<Dictionary<string, string>>(vector)!;

        Assert.Equal(v["plain"], BpjsSecurity.Decrypt(v["sealed"], v["consId"], v["secret"], v["timestamp"]));
    }

    [Fact]
    public async Task Random_texts_and_accounts_agree_with_node()
    {
        var texts = RandomTexts.Make(seed: 7, count: 40);
        var accounts = texts.Select((_, i) => new[] { $"{10000 + i}", $"kunci-{i * 31}", $"{1769000000 + (i * 977)}" }).ToList();

        var signatures = await Crosscheck.Run("bpjs.mjs", accounts.Select(a => (string[])["sign", .. a]));
        var sealedTexts = await Crosscheck.Run("bpjs.mjs", accounts.Select((a, i) => (string[])["seal", texts[i], .. a]));

        Assert.Equal(signatures, accounts.Select(a => BpjsSecurity.Sign(a[0], a[1], a[2])));
        Assert.Equal(texts, accounts.Select((a, i) => BpjsSecurity.Decrypt(sealedTexts[i]!, a[0], a[1], a[2])));
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void What_this_key_does_not_open_is_nothing(string response) => Assert.Null(BpjsSecurity.Decrypt(response, "10000", "secret", "1769000000"));

    [Fact]
    public void The_timestamp_is_in_unix_seconds_whatever_the_offset() =>
        Assert.Equal("1768870800", BpjsSecurity.Timestamp(new DateTimeOffset(2026, 1, 20, 8, 0, 0, TimeSpan.FromHours(7))));
}
