using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Testing;

namespace Alur.Platform.Tests.Identity;

public sealed class BcryptTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const string ExtensionSql = "create extension if not exists pgcrypto";
    private const string TheirHashSql = "select crypt(@password, @hash)";
    private const string TheirNewSql = "select crypt(@password, gen_salt('bf', 5))";

    [Theory]
    [InlineData("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")]
    [Trait("Spec", "D-018"), Trait("Spec", "D-453")]
    public void Hashes_known_elsewhere_are_known_here(string password, string hash)
    {
        Assert.True(Bcrypt.Verify(password, hash));
        Assert.False(Bcrypt.Verify(password + "x", hash));
    }

    /// <summary>PostgreSQL's pgcrypto is another implementation. It writes 2a, which is the same for what is shorter than 256 bytes.</summary>
    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("kata sandi dengan é, ü dan 漢字 😀")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890123456789012")]
    [InlineData("")]
    public async Task Another_implementation_agrees_both_ways(string password)
    {
        await Execute(ExtensionSql);
        var ours = Bcrypt.Hash(password, cost: 4);
        var theirs = (await Ask(TheirNewSql, password, "")).Replace("$2a$", "$2b$", StringComparison.Ordinal);

        Assert.Equal(ours.Replace("$2b$", "$2a$", StringComparison.Ordinal), await Ask(TheirHashSql, password, ours.Replace("$2b$", "$2a$", StringComparison.Ordinal)));
        Assert.True(Bcrypt.Verify(password, theirs));
    }

    [Fact]
    public void Two_hashes_of_one_password_differ_and_carry_their_cost()
    {
        var (one, other) = (Bcrypt.Hash("a password", 4), Bcrypt.Hash("a password", 6));

        Assert.NotEqual(one[7..29], other[7..29]);
        Assert.Equal((4, 6), (Bcrypt.CostOf(one), Bcrypt.CostOf(other)));
    }

    [Theory, InlineData(73), InlineData(200)]
    public void What_bcrypt_would_cut_off_is_refused(int length)
    {
        var password = new string('x', length);

        Assert.False(Bcrypt.Takes(password));
        Assert.False(Bcrypt.Verify(password, Bcrypt.Hash(password[..72], 4)));
        Assert.Throws<ArgumentException>(() => Bcrypt.Hash(password, 4));
    }

    [Fact]
    public void What_follows_a_nul_is_not_cut_off_in_silence()
    {
        Assert.False(Bcrypt.Verify("secret\0anything", Bcrypt.Hash("secret", 4)));
        Assert.Throws<ArgumentException>(() => Bcrypt.Hash("secret\0anything", 4));
    }

    [Fact]
    public void Seventy_two_bytes_are_counted_not_letters() => Assert.False(Bcrypt.Takes(new string('é', 37)));

    [Fact]
    public void This_system_makes_bcrypt_hashes_and_one_that_does_not_is_refused_at_start()
    {
        Assert.True(new RequireBcrypt(Bcrypt.IsSupported).Validate(name: null, new IdentityOptions()).Succeeded);
        Assert.Contains("$2b$", new RequireBcrypt(() => false).Validate(name: null, new IdentityOptions()).FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "D-453")]
    public void The_cost_is_twelve_unless_somebody_chooses_another() => Assert.Equal(12, new IdentityOptions().PasswordCost);

    private async Task Execute(string sql) => await fixture.Owner.Statement(sql).Run(default);

    private async Task<string> Ask(string sql, string password, string hash) =>
        (await fixture.Owner.Statement(sql, ("password", password), ("hash", hash)).Rows(r => r.GetString(0), default)).Single();
}
