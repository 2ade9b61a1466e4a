using Alur.Platform.Audit;
using Alur.Platform.Identity;

namespace Alur.Platform.Tests.Identity;

public sealed class LastAdminTests : IAsyncLifetime
{
    private readonly AccountDesk _desk = new();

    public ValueTask InitializeAsync() => _desk.InitializeAsync();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task The_last_admin_stays_even_when_two_try_to_send_each_other_away()
    {
        var (one, other) = (await _desk.Somebody(Policies.Admin), await _desk.Somebody(Policies.Admin));
        await _desk.Somebody();

        var gone = await Task.WhenAll(_desk.Disable.Run(one, AuditOrigin.System, default), _desk.Change.Role(other, Policies.Client, AuditOrigin.System, default));

        Assert.Single(gone, change => change.Ok);
        Assert.Single(gone, change => change.Error?.Code == "LAST_ADMIN");
    }

    [Fact]
    public async Task An_admin_who_never_signed_in_is_no_reason_to_let_the_last_one_go()
    {
        var (one, other) = (await _desk.Somebody(Policies.Admin), await _desk.Somebody(Policies.Admin));
        await _desk.Enter(one);

        Assert.Equal("LAST_ADMIN", (await _desk.Disable.Run(one, AuditOrigin.System, default)).Error?.Code);
        await _desk.Enter(other);

        Assert.True((await _desk.Disable.Run(one, AuditOrigin.System, default)).Ok);
    }

    [Fact]
    public async Task A_disabled_admin_does_not_count()
    {
        var (one, other) = (await _desk.Somebody(Policies.Admin), await _desk.Somebody(Policies.Admin));
        Assert.True((await _desk.Disable.Run(one, AuditOrigin.System, default)).Ok);

        Assert.Equal("LAST_ADMIN", (await _desk.Disable.Run(other, AuditOrigin.System, default)).Error?.Code);
        Assert.Equal("LAST_ADMIN", (await _desk.Change.Role(other, Policies.Client, AuditOrigin.System, default)).Error?.Code);
    }
}
