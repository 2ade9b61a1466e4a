using System.Text;
using Alur.Platform.Audit;
using Alur.Platform.Identity;

namespace Alur.Platform.Tests.Identity;

public sealed class TotpTests(AccountDesk desk) : IClassFixture<AccountDesk>
{
    private const string TurnOnSql = """
        update identity.sign_ins s set totp_secret = @secret, totp_since = now() from identity.users u where u.id = s.user_id and u.email = @email
        """;

    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B, SHA-1; the last six of eight digits.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) => Assert.Equal(code, Totp.Code(Secret, seconds / 30));

    [Theory]
    [InlineData("fooba", "MZXW6YTB")] // RFC 4648
    [InlineData("12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    public void A_secret_is_written_as_apps_take_it(string bytes, string text) => Assert.Equal(text, Totp.Base32(Encoding.ASCII.GetBytes(bytes)));

    [Fact]
    public void A_code_of_the_half_minute_before_or_after_is_taken_and_no_older_one()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);
        var step = now.ToUnixTimeSeconds() / 30;

        Assert.All([-1, 0, 1], off => Assert.Equal(step + off, Totp.StepOf(Totp.Code(Secret, step + off), Secret, now)));
        Assert.All([-2, 2], off => Assert.Null(Totp.StepOf(Totp.Code(Secret, step + off), Secret, now)));
        Assert.All(["", "12345", "1234567", "abcdef", "１２３４５６"], code => Assert.Null(Totp.StepOf(code, Secret, now)));
    }

    [Fact]
    public async Task Where_a_code_is_asked_for_the_password_alone_does_not_let_in_and_a_code_is_good_once()
    {
        var email = await desk.Somebody();
        await desk.Do(TurnOnSql, ("email", email), ("secret", Secret));
        var code = Totp.Code(Secret, DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30);

        Assert.Equal("CODE_REQUIRED", await desk.Try(email, AccountDesk.Password));
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, "wrong", code));
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, AccountDesk.Password, "000000" == code ? "000001" : "000000"));
        Assert.Null(await desk.Try(email, AccountDesk.Password, code));
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, AccountDesk.Password, code));
    }

    [Fact]
    public async Task Guesses_at_the_code_lock_the_account_like_guesses_at_the_password()
    {
        var email = await desk.Somebody();
        await desk.Do(TurnOnSql, ("email", email), ("secret", Secret));
        for (var n = 0; n < 5; n++)
        {
            Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, AccountDesk.Password, "nonsense"));
        }

        Assert.NotNull((await desk.Of(email)).LockedUntil);
    }

    [Fact]
    public async Task A_lost_phone_is_forgotten_by_a_reset_that_says_so()
    {
        var email = await desk.Somebody();
        await desk.Do(TurnOnSql, ("email", email), ("secret", Secret));

        await desk.Reset.Run(email, withSecondFactor: false, AuditOrigin.System, default);
        Assert.True((await desk.Of(email)).HasSecondFactor);
        await desk.Reset.Run(email, withSecondFactor: true, AuditOrigin.System, default);
        Assert.Null(await desk.Try(email, AccountDesk.Password));
    }
}
