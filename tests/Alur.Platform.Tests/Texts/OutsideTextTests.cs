using Alur.Platform.Texts;

namespace Alur.Platform.Tests.Texts;

public sealed class OutsideTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Poli Anak é “x” \ud83d\ude00", "Poli Anak é “x” \ud83d\ude00")]
    [InlineData("a\tb\r\nc\vd\fe\u0085f\u2028g\u2029h", "a b  c d e f g h")]
    [InlineData("\u001b[2J\u001b]0;x\a", "\uFFFD[2J\uFFFD]0;x\uFFFD")]
    [InlineData("\0\b\u007f\u0080\u009b31m\u009f", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD31m\uFFFD")]
    [InlineData("\u202a\u202b\u202c\u202d\u202eexe\u2066\u2067\u2068\u2069", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDexe\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("a\u200e\u200f\u061c\u200b\u2060\ufeffb", "a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDb")]
    [InlineData("\ud83d\udc69\u200d\ud83d\udcbb \u0646\u200c\u0647", "\ud83d\udc69\u200d\ud83d\udcbb \u0646\u200c\u0647")]
    public void Nothing_is_left_that_moves_a_cursor_breaks_a_line_turns_the_direction_or_is_not_seen(string text, string clean) =>
        Assert.Equal(clean, OutsideText.Clean(text));

    // Not as inline data: an attribute cannot hold a lone surrogate.
    [Fact]
    public void Half_of_a_surrogate_pair_becomes_a_mark() =>
        Assert.Equal("a\uFFFDb\uFFFD \ud83d\ude00\uFFFD", OutsideText.Clean("a\ud83db\ude00 \ud83d\ude00\ud83d"));

    [Fact]
    public void What_is_passed_on_loses_it_without_a_trace_and_says_so()
    {
        Assert.Equal("Budi[31m S", OutsideText.Clean("Bu\u202edi\u001b[31m\nS", mark: "", out var lost));
        Assert.True(lost);
        Assert.Equal("Budi S", OutsideText.Clean("Budi\nS", mark: "", out lost));
        Assert.False(lost);
    }
}
