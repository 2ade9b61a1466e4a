using Alur.Platform.Identity;

namespace Alur.Platform.Tests.Identity;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("kuda benar baterai jepit")]
    [InlineData("correct horse battery staple")]
    [InlineData("hujan deras di atap seng")]
    [InlineData("v9$kT!2mQx7@")]
    [InlineData("kopi hitam jam tiga sore")]
    public void A_password_that_nobody_would_guess_is_taken(string password) => Assert.Null(PasswordRules.Check(password, "siti@rs-contoh.id", "Siti Aminah"));

    [Theory]
    [InlineData("passwordpassword")]
    [InlineData("P@ssw0rd2026!")]
    [InlineData("Password123456")]
    [InlineData("qwertyuiop123")]
    [InlineData("111111111111")]
    [InlineData("123456789012")]
    [InlineData("abcabcabcabc")]
    [InlineData("Bismillah123!")]
    [InlineData("rumahsakit2026")]
    [InlineData("sayangku12345")]
    [InlineData("Indonesia1945")]
    [InlineData("adminadmin2025")]
    [InlineData("r4h4s14r4h4s14")]
    [InlineData("P@ssw0rd1234")]
    public void What_is_guessed_first_is_refused(string password) => Assert.Equal("PASSWORD_TOO_COMMON", Code(password));

    [Theory]
    [InlineData("aminahaminah1")]
    [InlineData("contohsiti2026")]
    [InlineData("AminahSiti123")]
    [InlineData("siti@rs-contoh.id")]
    [InlineData("Siti@RS-Contoh.ID1")]
    public void What_everybody_knows_of_its_holder_counts_as_little(string password) => Assert.Equal("PASSWORD_TOO_COMMON", Code(password));

    [Theory]
    [InlineData("")]
    [InlineData("elevenchars")]
    [InlineData("x7$Kq!")]
    public void A_short_one_is_refused(string password) => Assert.Equal("PASSWORD_TOO_SHORT", Code(password));

    [Theory]
    [InlineData("a very long sentence of somebody who took the advice on sentences seriously")]
    [InlineData("twelve chars\0and a NUL")]
    public void What_cannot_be_kept_whole_is_refused(string password) => Assert.Equal("PASSWORD_TOO_LONG", Code(password));

    [Fact]
    public void Half_of_a_character_is_refused() => Assert.Equal("PASSWORD_TOO_LONG", Code("half of a pair " + '\ud83d' + " alone"));

    private static string? Code(string password) => PasswordRules.Check(password, "siti@rs-contoh.id", "Siti Aminah")?.Code;
}
