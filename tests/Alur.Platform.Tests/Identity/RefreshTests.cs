using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Identity;

public sealed class RefreshTests(AccountDesk desk) : IClassFixture<AccountDesk>
{
    private const string WhySql = "select ended_by from identity.sessions where id = @id";
    private const string LateSql = "update identity.sessions set started_at = now() - interval '60 days', expires_at = now() - interval '1 second' where id = @id";

    private RefreshSession Refresh => new(desk.Database);

    [Fact]
    public async Task Every_refresh_gives_another_token_of_the_same_session()
    {
        var first = await desk.Enter(await desk.Somebody(), SessionKind.Token);
        var second = (await Refresh.Run(first.Secret, AuditOrigin.System, default)).Value;
        var third = (await Refresh.Run(second.Secret, AuditOrigin.System, default)).Value;

        Assert.Equal(3, new[] { first.Secret, second.Secret, third.Secret }.Distinct().Count());
        Assert.All([second, third], next => Assert.Equal((first.Id, first.ExpiresAt), (next.Id, next.ExpiresAt)));
        Assert.NotNull(await desk.Sessions.FindById(first.Id, default));
    }

    [Fact]
    public async Task A_token_that_is_shown_again_ends_the_session_for_both_who_have_it()
    {
        var first = await desk.Enter(await desk.Somebody(), SessionKind.Token);
        var second = (await Refresh.Run(first.Secret, AuditOrigin.System, default)).Value;

        Assert.Equal("REFRESH_REFUSED", (await Refresh.Run(first.Secret, AuditOrigin.System, default)).Error?.Code);

        Assert.Equal("REFRESH_REFUSED", (await Refresh.Run(second.Secret, AuditOrigin.System, default)).Error?.Code);
        Assert.Null(await desk.Sessions.FindById(first.Id, default));
        Assert.Equal("reuse", await desk.Ask<string>(WhySql, ("id", first.Id)));
    }

    [Fact]
    public async Task Of_many_who_show_it_at_once_one_at_most_gets_the_next_and_the_session_ends()
    {
        var session = await desk.Enter(await desk.Somebody(), SessionKind.Token);

        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Refresh.Run(session.Secret, AuditOrigin.System, default))));

        Assert.Single(all, result => result.Ok);
        Assert.Null(await desk.Sessions.FindById(session.Id, default));
    }

    [Fact]
    public async Task A_session_that_is_over_is_not_refreshed()
    {
        var email = await desk.Somebody();
        var (signedOut, old, disabled) = (await desk.Enter(email, SessionKind.Token), await desk.Enter(email, SessionKind.Token), await desk.Enter(email, SessionKind.Token));
        await desk.Sessions.End(signedOut.Id, AuditOrigin.System, default);
        await desk.Do(LateSql, ("id", old.Id));

        Assert.Equal("REFRESH_REFUSED", (await Refresh.Run(signedOut.Secret, AuditOrigin.System, default)).Error?.Code);
        Assert.Equal("REFRESH_REFUSED", (await Refresh.Run(old.Secret, AuditOrigin.System, default)).Error?.Code);
        await desk.Disable.Run(email, AuditOrigin.System, default);
        Assert.Equal("REFRESH_REFUSED", (await Refresh.Run(disabled.Secret, AuditOrigin.System, default)).Error?.Code);
    }

    [Fact]
    public async Task A_cookie_is_no_refresh_token_and_a_refresh_token_is_no_cookie()
    {
        var email = await desk.Somebody();

        Assert.Equal("REFRESH_REFUSED", (await Refresh.Run((await desk.Enter(email)).Secret, AuditOrigin.System, default)).Error?.Code);
        Assert.Null(await desk.Sessions.FindByCookie((await desk.Enter(email, SessionKind.Token)).Secret, default));
        Assert.Equal("REFRESH_REFUSED", (await Refresh.Run("", AuditOrigin.System, default)).Error?.Code);
    }

    [Fact]
    public async Task A_session_is_forgotten_three_months_after_it_ran_out()
    {
        var (old, recent) = (await desk.Enter(await desk.Somebody()), await desk.Enter(await desk.Somebody()));
        await desk.Do("update identity.sessions set started_at = now() - interval '200 days', expires_at = now() - interval '91 days' where id = @id", ("id", old.Id));
        await desk.Do("update identity.sessions set started_at = now() - interval '200 days', expires_at = now() - interval '89 days' where id = @id", ("id", recent.Id));
        var services = new ServiceCollection().AddSingleton(desk.Database).BuildServiceProvider();
        await using var _ = services;

        await ForgetSessions.RunOnce(services, new LeaseGrant("identity.sessions", "test", 1), default);

        Assert.Equal(1L, await desk.Ask<long>("select count(*) from identity.sessions where id in (@old, @recent)", ("old", old.Id), ("recent", recent.Id)));
        Assert.Equal(0L, await desk.Ask<long>("select count(*) from identity.session_tokens where session_id = @old", ("old", old.Id)));
    }
}
