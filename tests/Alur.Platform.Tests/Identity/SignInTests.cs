using Alur.Platform.Audit;
using Alur.Platform.Identity;

namespace Alur.Platform.Tests.Identity;

public sealed class SignInTests(AccountDesk desk) : IClassFixture<AccountDesk>
{
    private const string PassSql = "update identity.sign_ins s set locked_until = now() - interval '1 second' from identity.users u where u.id = s.user_id and u.email = @email";
    private const string TriesSql = "select s.tries from identity.sign_ins s join identity.users u on u.id = s.user_id where u.email = @email";
    private const string HashSql = "select password from identity.users where email = @email";

    [Fact]
    public async Task Who_is_refused_does_not_learn_why()
    {
        var email = await desk.Somebody();

        Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, "something else altogether"));
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try("nobody@rs.id", AccountDesk.Password));
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try("", ""));
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, AccountDesk.Password + new string('x', 100)));
    }

    [Fact]
    public async Task After_five_wrong_tries_not_even_the_right_password_lets_in_until_a_while_has_passed()
    {
        var email = await desk.Somebody();
        for (var n = 0; n < 5; n++)
        {
            Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, $"wrong {n}"));
        }

        Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, AccountDesk.Password));
        var lockedUntil = (await desk.Of(email)).LockedUntil;
        Assert.InRange(lockedUntil!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(16));

        await desk.Do(PassSql, ("email", email));
        Assert.Equal("SIGN_IN_REFUSED", await desk.Try(email, "wrong again"));
        Assert.Equal(1, await desk.Ask<int>(TriesSql, ("email", email))); // it begins anew instead of locking at every try
        Assert.Null(await desk.Try(email, AccountDesk.Password));
    }

    [Fact]
    public async Task Guesses_at_the_same_moment_do_not_get_past_the_limit()
    {
        var email = await desk.Somebody();

        var looked = await Task.WhenAll(Enumerable.Range(0, 30).Select(n => Task.Run(() => desk.Try(email, n == 29 ? AccountDesk.Password : $"guess {n}"))));

        Assert.InRange(looked.Count(code => code is null), 0, 1);
        Assert.InRange(await desk.Ask<int>(TriesSql, ("email", email)), 0, 5);
    }

    [Fact]
    public async Task A_success_forgets_the_wrong_tries_before_it()
    {
        var email = await desk.Somebody();
        for (var n = 0; n < 12; n++)
        {
            Assert.Equal(n % 4 == 3 ? null : "SIGN_IN_REFUSED", await desk.Try(email, n % 4 == 3 ? AccountDesk.Password : "wrong"));
        }
    }

    [Fact]
    public async Task A_reset_opens_a_locked_account()
    {
        var email = await desk.Somebody();
        for (var n = 0; n < 5; n++)
        {
            await desk.Try(email, "wrong");
        }

        await desk.Reset.Run(email, withSecondFactor: false, AuditOrigin.System, default);

        Assert.Null(await desk.Try(email, AccountDesk.Password));
    }

    [Fact]
    [Trait("Spec", "D-549")]
    public async Task A_hash_of_another_cost_works_and_is_made_anew()
    {
        var email = await desk.Somebody();
        var dearer = desk.With(new IdentityOptions { PasswordCost = 5 }, desk.Gate);

        Assert.True((await dearer.Run(new Credentials(email, AccountDesk.Password, Code: null), SessionKind.Cookie, AuditOrigin.System, default)).Ok);

        Assert.StartsWith("$2b$05$", await desk.Ask<string>(HashSql, ("email", email)), StringComparison.Ordinal);
        Assert.Null(await desk.Try(email, AccountDesk.Password));
    }

    [Fact]
    public async Task A_flood_is_sent_away_without_costing_anybody_a_try()
    {
        var email = await desk.Somebody();
        using var narrow = new SignInGate(TimeSpan.Zero);
        using var release = new ManualResetEventSlim();
        var held = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => narrow.Pass(() => Task.Run(() => release.Wait(TimeSpan.FromSeconds(60))), default)).ToList();

        var refused = await desk.With(desk.Options, narrow).Run(
            new Credentials(email, "wrong", Code: null), SessionKind.Cookie, AuditOrigin.System, default);
        release.Set();
        await Task.WhenAll(held);

        Assert.Equal("SIGN_IN_BUSY", refused.Error?.Code);
        Assert.Equal(0, await desk.Ask<int>(TriesSql, ("email", email)));
    }
}
